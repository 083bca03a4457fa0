"""What the README shows is what happens."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.config import load_settings
from ingest.pipeline import ingest
from ingest.types import Embedder

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", README, flags=re.DOTALL)
COMMANDS = [line for _, block in BLOCKS for line in block.splitlines()]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """Return a library of the company handbook."""
    place = tmp_path_factory.mktemp("readme") / "library"
    folder = ROOT / "corpora" / "company-handbook"
    ingest(folder, place, load_settings(library=place), embedder)
    return place


def run(command: str, library: Path) -> subprocess.CompletedProcess[str]:
    """Run a ``footnote`` command as it stands, on the library given by the environment."""
    arguments = shlex.split(command)[1:]
    program = [sys.executable, "-c", "from ui.command import main; main()"]
    environment = {**os.environ, "FOOTNOTE_LIBRARY": str(library)}
    return subprocess.run(
        [*program, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True
    )


@pytest.mark.parametrize(
    "command", [line for line in COMMANDS if line.startswith(("footnote ask", "footnote status"))]
)
def test_terminal_commands_work_as_written(command: str, library: Path) -> None:
    """Each command of the terminal section answers on a library of the sample handbook."""
    done = run(command, library)

    assert done.returncode == 0, done.stderr
    if "--json" in command:
        assert json.loads(done.stdout)["passages"]
    else:
        assert "travel-policy-2026.pdf" in done.stdout or "leave-and-absence.md" in done.stdout


def test_python_example_runs(library: Path) -> None:
    """The Python block runs as it is, on a library of one's own."""
    (code,) = [block for language, block in BLOCKS if language == "python"]
    names: dict[str, object] = {}

    exec(code.replace("~/contracts-index", str(library)), names)

    assert hasattr(names["a"], "citations")


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("make chat", ('footnote ingest "corpora"', "--port 7860")),
        ("make chat FOLDER=~/contracts PORT=8000", ('footnote ingest "', "--port 8000")),
        ("make test", ("-m pytest",)),
    ],
)
def test_make_targets_do_what_is_said(command: str, expected: tuple[str, ...]) -> None:
    """The two lines of the README, and their settings, reach the commands they stand for."""
    assert command in COMMANDS
    shown = subprocess.run(
        [*shlex.split(command), "--dry-run", "--always-make"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    for words in ("-c constraints.txt", *expected):
        assert words in shown


def test_every_place_named_exists() -> None:
    """Links and the map of the tree lead somewhere."""
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    folders = re.findall(r"^\| `([^`]+)` \|", README, flags=re.MULTILINE)

    assert links and folders
    for place in (*links, *folders):
        assert (ROOT / place).exists(), place


def test_every_package_is_pinned() -> None:
    """The constraints pin one exact version of every direct dependency."""
    pins = re.findall(r"^([a-z0-9-]+)==[\w.]+$", (ROOT / "constraints.txt").read_text(), re.M)
    declared = re.findall(r'^    "([a-z0-9-]+)[><=]', (ROOT / "pyproject.toml").read_text(), re.M)

    assert len(declared) > 20
    assert set(declared) <= set(pins)
