"""After the install nothing is downloaded: ingest and ask where there is no network at all."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
UNSHARE = ["unshare", "--user", "--map-root-user", "--net"]


def can_unshare() -> bool:
    """Whether this machine lets us make an empty network namespace."""
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*UNSHARE, "true"], capture_output=True).returncode == 0


@pytest.mark.skipif(not can_unshare(), reason="no empty network namespace can be made here")
def test_ingest_and_ask_work_without_any_network(tmp_path: Path) -> None:
    """In a namespace without even a loopback address, a folder is ingested and answers."""
    folder = tmp_path / "folder"
    folder.mkdir()
    text = "# Bridge\n\nThe bridge was opened in 1932 after eight years of work.\n"
    (folder / "bridge.md").write_text(text)

    def run(*arguments: str) -> dict[str, object]:
        command = [*UNSHARE, sys.executable, "-m", *arguments]
        done = subprocess.run(
            [*command, "--library", str(tmp_path / "library"), "--json"],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        loaded: dict[str, object] = json.loads(done.stdout)
        return loaded

    assert run("ingest", str(folder))["added"] == ["bridge.md"]
    answer = run("rag", "When was the bridge opened?")
    assert answer["abstained"] is False
    assert "1932" in str(answer["answer"])
