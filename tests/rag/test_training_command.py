"""The training commands, from a data folder to files and tables."""

import gzip
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from typer.testing import CliRunner, Result

from rag import models
from rag.calibration import load_calibration
from rag.errors import ModelError
from rag.training.claims import Claim
from rag.training.examples import Example
from rag.training.lessons import count_kinds, read_lessons, write_lessons
from rag.training.reading import Lesson
from tests.rag.towns import (
    TOWNS,
    town_example,
    town_lessons,
    town_row,
    write_rows,
    write_set,
    write_tiny_reader,
)
from ui.command import app

ROOT = Path(__file__).resolve().parents[2]
LESSONS: list[Lesson] = [
    Example("When?", "It ends in May.", "Lease › End", 11, 14, True, "Lease", ("May",)),
    Example("Why?", "Because of\u2028the \ud800 rain.", "", None, None, True, ""),
    Example("Who?", "It ends in May.", "", None, None, False, "Lease"),
    Claim("It ends in May.", "They end in May.", True),
    Claim("It ends in June.", "They end in May.", False),
]


def run(*arguments: object) -> Result:
    """Run ``footnote train``."""
    return CliRunner().invoke(app, ["train", *map(str, arguments)])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with small sets of every kind that is measured."""
    folder = tmp_path_factory.mktemp("data")
    rows = [town_row(town, number) for number in range(8) for town in TOWNS]
    unanswered = [{**row, "answers": [], "context": "It is a quiet place."} for row in rows]
    sentences = [
        {**row, "answer_sentence": f"It was opened in {row['answers'][0]['text']}."} for row in rows
    ]
    judged = [
        {"premise": f"{town} is quiet.", "hypothesis": "It is loud.", "label": label}
        for town, label in zip(TOWNS, ["entailment", "contradiction"] * 10, strict=True)
    ]
    write_set(folder, "squad1_train", sentences)
    write_set(folder, "squad1_synth_unans", unanswered)
    write_set(folder, "squad2_devA", [*rows, *unanswered])
    write_set(folder, "begin_attrib", judged)
    return folder


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small reader that knows nothing."""
    folder = tmp_path_factory.mktemp("tiny")
    write_tiny_reader(folder)
    return folder


def test_lessons_survive_their_file(tmp_path: Path) -> None:
    """Every kind, and every letter."""
    path = tmp_path / "new" / "examples.jsonl.gz"
    write_lessons(LESSONS, path)

    assert read_lessons(path) == LESSONS
    assert list(count_kinds(LESSONS).values()) == [1, 1, 1, 1, 1]
    assert [p.name for p in path.parent.iterdir()] == ["examples.jsonl.gz"]
    with gzip.open(path, "rt") as lines:
        first = json.loads(next(lines))
    assert (first["question"], first["start"], first["answers"]) == ("When?", 11, ["May"])


def test_a_file_that_fails_half_way_is_not_left_behind(tmp_path: Path) -> None:
    """The finished file of before stays as it was."""
    path = tmp_path / "examples.jsonl.gz"
    write_lessons(LESSONS, path)
    before = path.read_bytes()

    with pytest.raises(TypeError):
        write_lessons([*LESSONS, "not a lesson"], path)  # type: ignore[list-item]

    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("cut", [40, -12])
def test_a_damaged_file_is_an_error(tmp_path: Path, cut: int) -> None:
    """Not a shorter training set."""
    path = tmp_path / "examples.jsonl.gz"
    write_lessons(LESSONS, path)
    path.write_bytes(path.read_bytes()[:cut])

    with pytest.raises(ModelError, match=r"cannot be read .* delete the file"):
        read_lessons(path)


def test_the_same_seed_writes_the_same_bytes(data: Path, tmp_path: Path) -> None:
    """In another process with other hashes too; a file that is there is used as it is."""
    ours, theirs = tmp_path / "ours.jsonl.gz", tmp_path / "theirs.jsonl.gz"

    made = run("data", "--data", data, "--out", ours, "--quick", "--seed", 3)
    subprocess.run(
        [sys.executable, "-m", "rag.training", "data", "--quick", "--seed", "3"]
        + ["--data", str(data), "--out", str(theirs)],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "7"},
        check=True,
        capture_output=True,
    )

    assert made.exit_code == 0, made.output
    assert ours.read_bytes() == theirs.read_bytes()
    counts = count_kinds(read_lessons(ours))
    assert counts["questions with the answer marked"] > 100
    assert f"{sum(counts.values()):,}" in made.stdout
    again = run("data", "--data", tmp_path / "none", "--out", ours)
    assert "is there already" in again.stderr
    assert again.stdout == made.stdout


def test_the_reader_trains_from_examples_that_were_made(
    data: Path, tiny: Path, tmp_path: Path
) -> None:
    """The same examples make the same reader, and the run resumes in its folder."""
    examples = tmp_path / "examples.jsonl.gz"
    write_lessons(town_lessons(60, 4).train, examples)
    weights = []
    for name in ("one", "two"):
        shutil.copytree(tiny, tmp_path / name / "start")
        arguments = ("--data", data, "--out", tmp_path / name, "--examples", examples)
        result = run("reader", *arguments, "--epochs", 1, "--minutes", 1e9)
        assert result.exit_code == 0, result.output
        weights.append((tmp_path / name / "reader" / "model.safetensors").read_bytes())

    assert weights[0] == weights[1]
    (line,) = (tmp_path / "one" / "curve.jsonl").read_text().splitlines()
    assert json.loads(line)["blocks"] == 1
    assert "f1" in json.loads(line)


def test_training_goes_on_from_a_reader(data: Path, tiny: Path, tmp_path: Path) -> None:
    """A share of a quarter is a quarter of the way to what was trained from it."""
    examples = tmp_path / "examples.jsonl.gz"
    write_lessons(town_lessons(24, 4).train, examples)
    weights = [load_file(tiny / "model.safetensors")]
    for share in (0.25, 1):
        out = tmp_path / str(share)
        arguments = ("--data", data, "--out", out, "--examples", examples, "--start", tiny)
        result = run("reader", *arguments, "--share", share, "--epochs", 1, "--minutes", 1e9)
        assert result.exit_code == 0, result.output
        weights.append(load_file(out / "reader" / "model.safetensors"))

    begun, quarter, whole = ([w.float() for w in each.values()] for each in weights)
    assert any(not torch.equal(a, c) for a, c in zip(begun, whole, strict=True))
    for a, b, c in zip(begun, quarter, whole, strict=True):
        torch.testing.assert_close(b, a + (c - a) / 4, atol=1e-3, rtol=1e-3)


def test_a_folder_without_a_reader_is_no_start(data: Path, tmp_path: Path) -> None:
    """The line says what it lacks."""
    result = run("reader", "--data", data, "--out", tmp_path, "--start", tmp_path, "--quick")

    assert result.exit_code == 1
    assert "it should hold model.safetensors" in result.stderr


def test_evaluation_is_a_table_or_one_object(data: Path, tiny: Path) -> None:
    """The object has the sets and figures that the model card shows."""
    figures = json.loads(run("evaluate", "--data", data, "--reader", tiny, "--json").stdout)

    assert set(figures) == {
        "squad1",
        "squad1 against found passages",
        "squad2",
        "squad2 against written near misses",
        "claims judged by people",
        "claims made",
    }
    assert set(figures["squad1"]) == {"questions", "exact_match", "f1"}
    assert set(figures["squad2 against written near misses"]) >= {"auc_both", "auc_span"}
    table = run("evaluate", "--data", data, "--reader", tiny).stdout
    assert "squad1 against found passages" in table
    assert f"{figures['squad1']['f1']:.3f}" in table


def test_calibration_writes_the_threshold_and_shows_how_reliable_it_is(
    data: Path, tiny: Path, tmp_path: Path
) -> None:
    """Ten bins that hold every question; the table goes to people, the object to programs."""
    weights = tmp_path / "reader"
    shutil.copytree(tiny, weights)

    result = run("calibrate", "--data", data, "--reader", weights, "--questions", 8)

    figures = json.loads(result.stdout)
    assert figures["threshold"] == load_calibration(weights).threshold
    assert len(figures["reliability"]) == 10
    assert sum(b["count"] for b in figures["reliability"]) == figures["questions"]
    assert "mean confidence" in result.stderr and "0.9-1.0" in result.stderr


@pytest.mark.parametrize("command", ["data", "reader"])
def test_a_missing_set_is_one_line(command: str, tmp_path: Path) -> None:
    """The line names the file and the option."""
    result = run(command, "--data", tmp_path, "--out", tmp_path / "out", "--quick")

    assert result.exit_code == 1
    assert "squad1_train.jsonl.gz is missing" in result.stderr.splitlines()[-1]


def test_own_questions_make_a_reader_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It lies in the models folder, the shipped one is as it was, and the way to use it is told."""
    monkeypatch.setenv("FOOTNOTE_MODELS", str(tmp_path / "models"))
    shipped = {p: p.read_bytes() for p in models.READER_FOLDER.iterdir()}
    write_rows(tmp_path / "our bridges.jsonl", map(town_example, range(26)))
    with (tmp_path / "our bridges.jsonl").open("a") as rows:
        rows.write('{"question": "When?", "passage": "In May.", "answer": "June"}\n')

    result = run("own", "--from", tmp_path / "our bridges.jsonl", "--epochs", 1, "--keep")

    assert result.exit_code == 0, result.output
    assert "line 27: the answer 'June' does not stand in the passage" in result.stderr
    assert "right words (F1)" in result.stdout
    assert "FOOTNOTE_READER=our-bridges" in result.stdout
    assert (tmp_path / "models" / "our-bridges" / "model.safetensors").is_file()
    assert {p: p.read_bytes() for p in models.READER_FOLDER.iterdir()} == shipped


def test_too_few_own_questions_are_one_line(tmp_path: Path) -> None:
    """Before any model loads."""
    write_rows(tmp_path / "own.jsonl", [town_example(0)])

    result = run("own", "--from", tmp_path / "own.jsonl")

    assert result.exit_code == 1
    assert "add 19 rows" in result.stderr.splitlines()[-1]
