"""The ``footnote`` command, all but the page."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ingest.config import Settings, load_settings
from ingest.library import Library
from ingest.pipeline import ingest
from tests.doubles import HashedEmbedder
from ui import server
from ui.command import app


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings of a library of two documents; a third file was skipped."""
    folder = tmp_path / "papers"
    (folder / "cars").mkdir(parents=True)
    (folder / "cars" / "oil.md").write_text("# Engine\n\nThe oil is changed every year.\n")
    (folder / "leave.txt").write_text("Everyone has 26 days of leave.\n")
    (folder / "empty.pdf").write_bytes(b"")
    found = load_settings(library=tmp_path / "library")
    ingest(folder, found.library, found, HashedEmbedder())
    return found


def run(*arguments: object) -> Result:
    """Run the command line."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_asking_a_missing_library_is_one_line_and_exit_code_1(tmp_path: Path) -> None:
    """The line says what to do; no traceback."""
    result = run("ask", "Why?", "--library", tmp_path / "none")

    assert (result.exit_code, result.stdout) == (1, "")
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith("error: ")
    assert "footnote ingest" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask",),
        ("ask", "Why?", "--wrong"),
        ("ask", "Why?", "-k", "0"),
        ("chat", "--port", "99999"),
        ("nonsense",),
    ],
)
def test_wrong_usage_is_exit_code_2(arguments: tuple[str, ...]) -> None:
    """Scripts can tell a wrong call from an error."""
    assert run(*arguments).exit_code == 2


def test_a_wrong_setting_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt variable is named."""
    monkeypatch.setenv("FOOTNOTE_TRESHOLD", "0.5")

    result = run("status")

    assert result.exit_code == 1
    assert "FOOTNOTE_TRESHOLD" in result.stderr


def test_status_tells_what_is_in_and_what_is_not(settings: Settings) -> None:
    """Folder, counts, files, and each skipped file with its reason."""
    result = run("status", "--library", settings.library)

    assert result.exit_code == 0
    assert "2 documents, 2 passages" in result.stdout
    assert "  cars/oil.md\n" in result.stdout
    assert "  empty.pdf: " in result.stdout


def test_status_as_json(settings: Settings, tmp_path: Path) -> None:
    """A program reads the same facts."""
    facts = json.loads(run("status", "--library", settings.library, "--json").stdout)

    assert facts["folder"] == str(tmp_path / "papers")
    assert (facts["documents"], facts["passages"]) == (2, 2)
    assert facts["files"] == ["cars/oil.md", "leave.txt"]
    assert [entry["file"] for entry in facts["skipped"]] == ["empty.pdf"]
    assert facts["bytes"] > 1000


@pytest.mark.parametrize("path", ["cars/oil.md", "cars", "*.md", "{folder}/cars/oil.md"])
def test_forgetting_takes_a_document_out(settings: Settings, tmp_path: Path, path: str) -> None:
    """By name, folder, pattern or full path; the other document stays."""
    named = path.format(folder=tmp_path / "papers")

    result = run("forget", named, "--library", settings.library)

    assert (result.exit_code, result.stdout) == (0, "forgotten: cars/oil.md\n")
    with Library.open(settings.library) as library:
        assert library.counts() == (1, 1)
        assert library.search_words("oil", 5) == []
        assert len(library.search_words("leave", 5)) == 1


@pytest.mark.parametrize("path", ["absent.md", "/elsewhere/oil.md"])
def test_forgetting_what_is_not_there_is_an_error(settings: Settings, path: str) -> None:
    """A misspelt name changes nothing and says so."""
    result = run("forget", path, "--library", settings.library)

    assert result.exit_code == 1
    assert path in result.stderr
    with Library.open(settings.library) as library:
        assert library.counts() == (2, 2)


def test_a_taken_port_is_one_line() -> None:
    """The chat does not start on another port than the one asked for."""
    with server.listen(0) as taken:
        result = run("chat", "--port", taken.getsockname()[1])

    assert result.exit_code == 1
    assert "choose another --port" in result.stderr
