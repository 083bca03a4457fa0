"""The exam command, from a folder of files to the report."""

import json
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from rag.evaluation.command import exam

QUESTIONS = (
    {
        "id": "q1",
        "question": "How many days of leave do staff receive?",
        "answers": ["27", "27 working days"],
        "files": ["leave.md"],
        "quote": "Staff receive 27 working days of leave.",
        "type": "fact",
    },
    {"id": "q2", "question": "Who founded it?", "answers": [], "type": "unanswerable"},
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of two files and the questions about them."""
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "leave.md").write_text("# Leave\n\nStaff receive 27 working days of leave.\n")
    (folder / "river.md").write_text("# River\n\nThe water rises in spring.\n")
    (tmp_path / "questions.jsonl").write_text("\n".join(map(json.dumps, QUESTIONS)))
    return folder


def run(*arguments: object) -> Result:
    """Run the command."""
    app = Typer(pretty_exceptions_enable=False)
    app.command()(exam)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_exam_reports_on_a_real_library(
    folder: Path, tiny_reader: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The passage is found whatever the reader says of it; an untrained reader never abstains."""
    monkeypatch.setenv("FOOTNOTE_READER", str(tiny_reader))

    result = run(folder, folder.parent / "questions.jsonl", "--json")

    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout)
    scores = report["groups"]["all"]["scores"]
    assert scores["recall@5"] == {"value": 1.0, "low": 1.0, "high": 1.0, "count": 1}
    assert scores["right, unanswerable"]["value"] == 0.0
    assert [answer["id"] for answer in report["answers"]] == ["q1", "q2"]
    assert not (folder.parent / "library").exists()


def test_library_is_kept_when_named(
    folder: Path, tiny_reader: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table and the mistakes are printed, and the library stays where it was asked for."""
    monkeypatch.setenv("FOOTNOTE_READER", str(tiny_reader))
    library = folder.parent / "kept"

    result = run(folder, folder.parent / "questions.jsonl", "--library", library, "--mistakes")

    assert result.exit_code == 0, result.stderr
    assert "nDCG@10" in result.stdout
    assert "Who founded it?" in result.stdout
    assert library.is_dir()


def test_questions_of_another_folder_are_one_line_and_cost_no_ingest(
    folder: Path, tmp_path: Path
) -> None:
    """Exit code 1, the file that is missing by name, and no library."""
    (folder / "leave.md").unlink()
    library = tmp_path / "kept"

    result = run(folder, tmp_path / "questions.jsonl", "--library", library)

    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "'leave.md'" in result.stderr
    assert not library.exists()
