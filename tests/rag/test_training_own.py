"""Fine-tuning on a person's own rows: what is read, what is kept, what is never touched."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from ingest.config import load_settings
from ingest.library import Library
from ingest.pipeline import ingest
from rag import models
from rag.assistant import reader_folder
from rag.calibration import load_calibration
from rag.errors import ModelError
from rag.models.encoding import Pair
from rag.reader import Reader
from rag.retriever import Retriever
from rag.training.examples import Example
from rag.training.own import SCHEDULE, Figures, fine_tune
from rag.training.own_lessons import OwnLessons, divide, is_held_out
from rag.training.own_library import OwnLibrary, span_of
from rag.training.own_model import OwnModel
from rag.training.own_rows import names_files, read_rows
from tests.doubles import HashedEmbedder
from tests.rag.towns import town_example, town_lessons

FAST = replace(SCHEDULE, epochs=8, minutes=1e9, rate=8e-3, save_minutes=60)
LESSONS = town_lessons()
SOURCE = Path("own.jsonl")


def ignore(line: dict[str, float]) -> None:
    """Report to nobody."""


@pytest.fixture(scope="module")
def divided() -> OwnLessons:
    """Return what is made of the rows of 200 towns."""
    return divide([town_example(number) for number in range(200)], None, 0, SOURCE)


@pytest.fixture(scope="module")
def trained(tiny_reader: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the reader that the towns made of it."""
    model = OwnModel(tmp_path_factory.mktemp("models"), "towns")
    outcome = fine_tune(model, tiny_reader, LESSONS, FAST, ignore)
    assert outcome.kept and outcome.after.answers > 0.9
    return model.folder


@pytest.fixture
def library(tmp_path: Path) -> Iterator[OwnLibrary]:
    """Return a library of the towns, ten to a file."""
    folder = tmp_path / "files"
    folder.mkdir()
    for first in range(0, 200, 10):
        passages = [town_example(number).passage for number in range(first, first + 10)]
        parts = [f"## Bridge {first + i}\n\n{text}\n" for i, text in enumerate(passages)]
        (folder / f"towns-{first}.md").write_text("\n".join(parts))
    settings = load_settings(library=tmp_path / "library", chunk_tokens=40)
    embedder = HashedEmbedder()
    ingest(folder, settings.library, settings, embedder)
    with Library.open(settings.library) as opened:
        yield OwnLibrary(opened, Retriever(opened, embedder))


def test_rows_that_cannot_be_used_are_listed_with_line_and_reason(tmp_path: Path) -> None:
    """The others are read; null says that the passage does not answer."""
    rows = [
        '{"question": "When?", "passage": "It ends in\\n May 2027.", "answer": "May 2027"}',
        '{"question": "When?", "passage": "It ends in May.", "answer": "June"}',
        "",
        '{"question": "When?", "passage": "It ends in May."}',
        '{"question": " ", "passage": "It ends in May.", "answer": "May"}',
        '{"question": "When?", "answer": "May"}',
        '{"question": "When?", "file": "lease.pdf", "answer": "May"}',
        '{"question": "When?", "passage": "It ends.", "answer": ""}',
        "When? May.",
        '{"question": "When?", "passage": "It ends in\\n May 2027.", "answer": null}',
        '{"question": "Who?", "passage": "It ends in May.", "answer": null}',
    ]
    path = tmp_path / "own.jsonl"
    path.write_text("\n".join(rows))

    found = read_rows(path)

    first, second = found.examples
    assert first.passage[first.start : first.end] == "May 2027" and first.relevant
    assert (second.question, second.start, second.relevant) == ("Who?", None, False)
    reasons = {row.line: row.reason for row in found.skipped}
    assert sorted(reasons) == [2, 4, 5, 6, 7, 8, 9, 10]
    assert reasons[2] == "the answer 'June' does not stand in the passage word by word"
    assert reasons[4] == "'answer': field required"
    assert reasons[6] == "it has neither a passage nor a file"
    assert "no library" in reasons[7]
    assert "write null" in reasons[8]
    assert "JSON" in reasons[9]
    assert "earlier line" in reasons[10]


def test_a_file_that_is_not_there_is_one_error(tmp_path: Path) -> None:
    """The message names it."""
    with pytest.raises(ModelError, match=r"cannot read the questions in .*none\.jsonl \(No such"):
        read_rows(tmp_path / "none.jsonl")


@pytest.mark.parametrize(
    ("answer", "passage", "words"),
    [
        ("5", "Since 1950 it has 5 gates.", (18, 19)),
        ("95", "Since 1950.", (7, 9)),
        ("two  days", "It takes two\ndays.", (9, 17)),
        ("Two", "It takes two.", None),
        ("", "It takes two.", None),
    ],
)
def test_an_answer_is_found_as_whole_words_first(
    answer: str, passage: str, words: tuple[int, int] | None
) -> None:
    """A number is not taken for a part of another; blanks may differ, letters may not."""
    assert span_of(answer, passage) == words


def test_a_row_may_name_a_file_of_the_library(tmp_path: Path, library: OwnLibrary) -> None:
    """Its passage is the one that holds the answer, under its heading."""
    rows = [
        {"question": "When was it opened?", "file": "towns-40.md", "answer": "1847"},
        {"question": "When was it opened?", "file": "towns-40.md", "answer": "1900"},
        {"question": "When was it opened?", "file": "lease.pdf", "answer": "1847"},
        {"question": "Who built it?", "file": "towns-40.md", "answer": None},
    ]
    path = tmp_path / "own.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))

    found = read_rows(path, library)

    answered, unanswered = found.examples
    assert "opened in 1847" in answered.passage and "Bridge 47" in answered.heading
    assert answered.answers == ("1847",)
    assert "bridge" in unanswered.passage and not unanswered.relevant
    assert [row.line for row in found.skipped] == [2, 3]
    assert "no passage of towns-40.md holds the answer '1900'" in found.skipped[0].reason
    assert "lease.pdf" in found.skipped[1].reason
    assert names_files(path)


def test_a_fifth_of_the_questions_is_held_out_and_never_trained_on(divided: OwnLessons) -> None:
    """By the question alone, so the same ones when more rows come; each has a passage in vain."""
    trained = {e.question for e in divided.train if isinstance(e, Example)}
    held = {e.question for e in divided.held_out}

    assert not trained & held and len(trained | held) == 200
    assert 20 < len(held) < 60
    assert all(is_held_out(question) for question in held)
    vain = {e.question for e in divided.held_out if not e.relevant}
    assert vain == held
    assert {claim.supported for claim in divided.held_out_claims} == {True, False}


def test_passages_in_vain_lack_the_answer(divided: OwnLessons, library: OwnLibrary) -> None:
    """Those of other rows and those that the library finds, which come with their heading."""
    rows = [town_example(number) for number in range(200)]
    years = {row.question: row.answers[0] for row in rows}
    from_library = divide(rows, library, 0, SOURCE)

    vain = [e for e in from_library.train if isinstance(e, Example) and not e.relevant]

    assert len(vain) > sum(isinstance(e, Example) and not e.relevant for e in divided.train)
    assert all(years[example.question] not in example.passage for example in vain)
    assert any("Bridge" in example.heading for example in vain)


def test_twenty_questions_are_enough_whatever_their_words() -> None:
    """Where chance holds out fewer than four, others are held out too; nineteen are too few."""
    rows = [town_example(number) for number in range(200)]
    by_chance = [row for row in rows if is_held_out(row.question)]
    others = [row for row in rows if not is_held_out(row.question)]
    some = [*by_chance[:2], *others[:18]]

    divided = divide(some, None, 0, SOURCE)

    held = {example.question for example in divided.held_out}
    assert len(held) == 4 and {row.question for row in by_chance[:2]} < held
    assert not held & {e.question for e in divided.train if isinstance(e, Example)}
    with pytest.raises(ModelError, match=r"own\.jsonl has 19 usable .* add 1 rows"):
        divide(some[:19], None, 0, SOURCE)


def test_a_better_reader_is_kept_whole(trained: Path, tiny_reader: Path) -> None:
    """Weights, tokenizer, configuration, confidence, curve and card; nothing of the run is left."""
    assert {path.name for path in trained.iterdir()} == {
        "README.md",
        "calibration.json",
        "config.json",
        "curve.jsonl",
        "model.safetensors",
        "tokenizer.json",
    }
    assert [path.name for path in trained.parent.iterdir()] == ["towns"]
    assert load_calibration(trained) == load_calibration(tiny_reader)
    card = (trained / "README.md").read_text()
    assert "| right words (F1) |" in card and "no library was given" in card
    example = town_example(180)
    (reading,) = Reader.load(trained).read([Pair(example.question, "", example.passage)])
    assert example.passage[reading.spans[0].start : reading.spans[0].end] == "1980"


@pytest.fixture
def misleading() -> OwnLessons:
    """Return rows that teach the wrong words, with held-out rows that are right."""
    wrong = [
        replace(e, start=e.passage.index("stone"), end=e.passage.index("stone") + 5)
        for e in LESSONS.train
        if isinstance(e, Example) and e.relevant
    ]
    return replace(LESSONS, train=tuple(wrong))


def test_a_worse_reader_is_not_kept(trained: Path, misleading: OwnLessons, tmp_path: Path) -> None:
    """Nothing of it is left on disk, and the start is as it was."""
    before = (trained / "model.safetensors").read_bytes()
    model = OwnModel(tmp_path / "models", "worse")

    outcome = fine_tune(model, trained, misleading, replace(FAST, epochs=6), ignore)

    assert not outcome.kept
    assert outcome.after.span_f1 < 0.5 < outcome.before.span_f1
    assert list(model.models.iterdir()) == []
    assert (trained / "model.safetensors").read_bytes() == before


def test_a_worse_reader_is_kept_on_demand(
    trained: Path, misleading: OwnLessons, tmp_path: Path
) -> None:
    """Its card does not hide the figures."""
    model = OwnModel(tmp_path / "models", "worse")

    outcome = fine_tune(model, trained, misleading, replace(FAST, epochs=6), ignore, keep=True)

    assert outcome.kept
    assert f"{outcome.after.span_f1:.3f}" in (model.folder / "README.md").read_text()


@pytest.mark.parametrize(
    ("after", "worse"),
    [
        (Figures(0.5, 0.9, 0.8), False),
        (Figures(0.4, 0.9, 0.8), True),
        (Figures(0.6, 0.85, 0.79), False),
        (Figures(0.6, 0.9, 0.7), True),
        (Figures(0.6, 0.9, float("nan")), False),
    ],
)
def test_what_counts_as_worse(after: Figures, worse: bool) -> None:
    """Neither answers nor, by more than chance, the check may fall."""
    assert after.worse_than(Figures(0.5, 0.9, 0.8)) is worse


def test_a_stopped_run_goes_on_and_ends_like_one_that_was_not(
    tiny_reader: Path, tmp_path: Path
) -> None:
    """The same weights come out, and the curve shows each block once."""
    schedule = replace(FAST, epochs=4, save_minutes=0)

    class Killed(Exception):
        pass

    def until_the_second_checkpoint(line: dict[str, float]) -> None:
        if "saved" in line and line["blocks"] == 2:
            raise Killed

    stopped, whole = (OwnModel(tmp_path, name) for name in ("stopped", "whole"))
    with pytest.raises(Killed):
        fine_tune(stopped, tiny_reader, LESSONS, schedule, until_the_second_checkpoint)
    assert not stopped.folder.exists()
    fine_tune(stopped, tiny_reader, LESSONS, schedule, ignore, keep=True)
    fine_tune(whole, tiny_reader, LESSONS, schedule, ignore, keep=True)

    curve = (stopped.folder / "curve.jsonl").read_text().splitlines()
    assert [json.loads(line)["blocks"] for line in curve] == [1, 2, 3, 4]
    ours, theirs = (load_file(m.folder / "model.safetensors") for m in (stopped, whole))
    assert all(np.array_equal(ours[name], theirs[name]) for name in theirs)


def test_a_stopped_run_on_other_rows_begins_anew(tiny_reader: Path, tmp_path: Path) -> None:
    """What was learned from rows that are gone is not gone on with."""
    model = OwnModel(tmp_path, "changed")
    model.prepare(tiny_reader, LESSONS.train, FAST)
    (model.run / "last").mkdir()

    model.prepare(tiny_reader, LESSONS.train, replace(FAST, minutes=5))
    assert (model.run / "last").exists()
    model.prepare(tiny_reader, LESSONS.train[1:], FAST)
    assert not (model.run / "last").exists()


def test_confidence_is_fitted_where_there_are_rows_enough(
    trained: Path, library: OwnLibrary, tmp_path: Path
) -> None:
    """On held-out questions asked of the library: the bias moves, the weights stay."""
    model = OwnModel(tmp_path / "models", "fitted")
    schedule = replace(FAST, epochs=1, rate=1e-5)

    outcome = fine_tune(model, trained, LESSONS, schedule, ignore, library, 4, keep=True)

    start, fitted = load_calibration(trained), load_calibration(model.folder)
    assert "were fitted on" in outcome.calibration
    assert fitted.weights == start.weights and fitted.bias != start.bias
    assert 0.05 <= fitted.threshold <= 0.95


@pytest.mark.parametrize("name", ["", "../towns", "a/b", ".towns", "footnote-reader"])
def test_a_name_leads_nowhere_else(name: str, tmp_path: Path) -> None:
    """It is the name of one folder among a person's models."""
    with pytest.raises(ModelError, match="pass another --name"):
        OwnModel(tmp_path, name).check()


def test_what_is_there_is_not_written_over(tmp_path: Path) -> None:
    """Neither a reader of that name nor the weights that were installed."""
    (tmp_path / "towns").mkdir()
    with pytest.raises(ModelError, match="already"):
        OwnModel(tmp_path, "towns").check()
    with pytest.raises(ModelError, match="never written"):
        OwnModel(models.READER_FOLDER.parent, "towns").check()


def test_a_reader_of_ones_own_is_found_by_its_name(tmp_path: Path) -> None:
    """Else the setting is a path; the shipped one keeps its name."""
    (tmp_path / "models" / "towns").mkdir(parents=True)
    named = {
        reader: reader_folder(load_settings(models=tmp_path / "models", reader=reader))
        for reader in ("towns", "footnote-reader", "elsewhere", "./towns", str(tmp_path))
    }

    assert named["towns"] == tmp_path / "models" / "towns"
    assert named["footnote-reader"] == models.READER_FOLDER
    assert (named["elsewhere"], named["./towns"]) == (Path("elsewhere"), Path("towns"))
    assert named[str(tmp_path)] == tmp_path
