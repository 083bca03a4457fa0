"""The command as a person or a program meets it: output, exit codes, one-line errors."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from ingest import pipeline
from ingest.command import app, print_report, report_json
from ingest.types import IngestReport, Skipped

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of two documents and a picture."""
    root = tmp_path / "folder"
    root.mkdir()
    (root / "foxes.md").write_text("# Foxes\n\nFoxes sleep in dens.\n")
    (root / "owls.txt").write_text("Owls hunt at night.")
    (root / "photo.png").touch()
    return root


def test_the_command_ingests_for_programs_and_for_people(
    folder: Path, tmp_path: Path, embedder: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First as JSON, then as a summary; both exit with 0 and say what happened."""
    monkeypatch.setattr(pipeline, "load_embedder", lambda settings: embedder)
    arguments = [str(folder), "--library", str(tmp_path / "library")]
    first = CliRunner().invoke(app, [*arguments, "--json"])
    report = json.loads(first.stdout)
    assert first.exit_code == 0 and first.stderr == ""
    assert report["added"] == ["foxes.md", "owls.txt"] and report["chunks"] == 2
    assert report["skipped"] == [{"file": "photo.png", "reason": "unknown format .png"}]
    assert {"updated", "unchanged", "removed", "seconds"} < set(report)
    second = CliRunner().invoke(app, arguments)
    assert second.exit_code == 0
    assert "2  unchanged" in second.stdout
    assert "skipped  photo.png: unknown format .png" in second.stdout
    assert f"2 passages in {tmp_path / 'library'}" in second.stdout


@pytest.mark.parametrize(
    ("arguments", "variables", "code", "message"),
    [
        (["nowhere"], {}, 1, "error: the folder nowhere cannot be read"),
        (["."], {"FOOTNOTE_COLOUR": "red"}, 1, "error: unknown environment variable"),
        (["."], {"FOOTNOTE_EMBEDDER": "no/such"}, 1, "error: the embedding model 'no/such'"),
        ([], {}, 2, "Missing argument 'FOLDER"),
        ([".", "--speed"], {}, 2, "No such option"),
    ],
)
def test_errors_are_one_line_with_the_right_code(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    variables: dict[str, str],
    code: int,
    message: str,
) -> None:
    """Errors of ours exit with 1 and one line on standard error, wrong usage with 2."""
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(app, arguments, env=variables)
    assert result.exit_code == code and result.stdout == ""
    assert message in result.stderr
    assert code == 2 or result.stderr.count("\n") == 1


def test_many_skipped_files_are_cut_short() -> None:
    """A person sees twenty and a count; a program sees all."""
    skipped = tuple(Skipped(f"{n:02}[b].png", "unknown format .png") for n in range(25))
    report = IngestReport(added=("a.txt",), skipped=skipped, notes={"a.txt": ("page 2 is empty",)})
    out = io.StringIO()
    print_report(report, Path("/library"), Console(file=out, width=200))
    text = out.getvalue()
    assert "19[b].png: unknown" in text and "20[b].png" not in text
    assert "… and 5 more; --json lists all" in text
    assert "note  a.txt: page 2 is empty" in text
    assert len(json.loads(report_json(report))["skipped"]) == 25


def test_ctrl_c_ends_with_a_line_and_its_code(folder: Path, tmp_path: Path) -> None:
    """An interrupt is no traceback; the same command goes on afterwards."""
    for number in range(300):
        (folder / f"{number}.txt").write_text(f"Number {number}. " * 200)
    library = tmp_path / "library"
    process = subprocess.Popen(
        [sys.executable, "-m", "ingest", str(folder), "--library", str(library)],
        cwd=ROOT,
        env={**os.environ, "FOOTNOTE_THREADS": "1"},
        text=True,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a job may ignore it
    )
    while not (library / "library.sqlite").exists() and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, trouble = process.communicate(timeout=60)
    assert process.returncode == 130
    assert trouble == "interrupted; what was done is kept: run the same command again to go on\n"


def test_the_command_works_without_asserts(folder: Path, tmp_path: Path) -> None:
    """Under -O, which drops asserts, checks still happen and the exit code is right."""
    code = (
        "import sys; from ingest import pipeline; from tests.doubles import HashedEmbedder\n"
        "dimension = int(sys.argv.pop())\n"
        "pipeline.load_embedder = lambda settings: HashedEmbedder(dimension)\n"
        "from ingest.command import main; main()"
    )
    arguments = [str(folder), "--library", str(tmp_path / "library"), "--json"]
    for dimension, expected in ((64, 0), (32, 1)):
        result = subprocess.run(
            [sys.executable, "-O", "-c", code, *arguments, str(dimension)],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert result.returncode == expected
    assert "hashed-words:64, not hashed-words:32" in result.stderr
