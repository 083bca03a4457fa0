"""Answers as they are shown, drawn blindly: some of each type of question, with their marks.

    python -m tests.benchmarks.specimens FOLDER QUESTIONS [FOLDER QUESTIONS ...]
        [--each 20] [--seed 0] [--threshold T]

Which questions are asked is drawn by the seed before any is answered, from all exams together, so
nothing is chosen by how well it went; only these are asked. It prints Markdown: for each type of
question a table with one answer a line, and at the end how many of each type were right, wrong
(said something else) or silent (withheld an answer that is there). Silence where the files hold no
answer is right. Without ``--threshold`` the reader's own decides.
"""

import argparse
import random
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.allocator import keep_freed_memory
from ingest.config import go_offline, load_settings
from ingest.pipeline import ingest
from rag.assistant import Assistant
from rag.evaluation.exam import sit
from rag.evaluation.judging import DEPTH, Mark
from rag.evaluation.questions import ExamQuestion, check_files, read_questions
from rag.wording import place_of, printable

LONGEST = 160  # characters of a line of an answer
_MARKS = re.compile(r"(?:\s*\[\d+\])+$")
_ACTIVE = re.compile(r"([\\`*_|<>~])")  # what Markdown would not show as it stands


@dataclass(frozen=True, slots=True)
class Specimen:
    """A question that was drawn, and the folder it is asked of."""

    folder: Path
    question: ExamQuestion


def draw(specimens: Sequence[Specimen], each: int, seed: int) -> list[Specimen]:
    """Return at most ``each`` questions of every type, types in their order of appearance.

    A type's draw depends on the seed and its own questions alone; within a type the order is kept.
    """
    types: dict[str, list[Specimen]] = {}
    for specimen in specimens:
        types.setdefault(specimen.question.type, []).append(specimen)
    return [one for name, of_type in types.items() for one in _drawn(name, of_type, each, seed)]


def _drawn(name: str, of_type: Sequence[Specimen], each: int, seed: int) -> list[Specimen]:
    count = min(each, len(of_type))
    chosen = random.Random(f"{seed} {name}").sample(range(len(of_type)), count)
    return [of_type[index] for index in sorted(chosen)]


def ask(specimens: Sequence[Specimen], threshold: float | None) -> list[Mark]:
    """Return the marks of the answers, by type, after one ingest of each folder."""
    given: list[Mark] = []
    for folder in dict.fromkeys(specimen.folder for specimen in specimens):
        questions = [one.question for one in specimens if one.folder == folder]
        given += hold(folder, questions, threshold)
    order = list(dict.fromkeys(specimen.question.type for specimen in specimens))
    return sorted(given, key=lambda mark: order.index(mark.question.type))


def hold(folder: Path, questions: Sequence[ExamQuestion], threshold: float | None) -> list[Mark]:
    """Ingest a folder into a library that is not kept, and ask it."""
    with tempfile.TemporaryDirectory() as scratch:
        settings = load_settings(library=Path(scratch) / "library", threshold=threshold)
        ingest(folder, settings.library, settings)
        with Assistant.open(settings.library, threshold=threshold) as assistant:
            return list(sit(assistant, questions, DEPTH))


def report(marks: Sequence[Mark]) -> Iterator[str]:
    """Yield the lines of the Markdown; ``marks`` are sorted by type."""
    types = dict.fromkeys(mark.question.type for mark in marks)
    by_type = {name: [mark for mark in marks if mark.question.type == name] for name in types}
    for name, of_type in by_type.items():
        yield f"### {name}\n"
        yield "| mark | chance | question | answer | cited |"
        yield "|---|--:|---|---|---|"
        yield from map(row, of_type)
        yield ""
    yield "; ".join(f"{name}: {counts(of_type)}" for name, of_type in by_type.items())


def row(mark: Mark) -> str:
    """Return one answer as a row: how it was judged, its confidence, and what a person sees."""
    asked = " ↳ ".join([*(earlier for earlier, _ in mark.question.history), mark.question.question])
    places = [f"[{cited.number}] {place_of(cited)}" for cited in mark.answer.citations]
    shown = " ⏎ ".join(map(_cut, filter(str.strip, mark.answer.text.splitlines())))
    said = f"{verdict(mark)}, both" if mark.shows_both else verdict(mark)
    chance = "-" if mark.answer.confidence is None else f"{mark.answer.confidence:.2f}"
    cells = (asked, shown, "; ".join(places))
    return f"| {said} | {chance} | {' | '.join(map(_cell, cells))} |"


def verdict(mark: Mark) -> str:
    """Return "right", "wrong", or "silent" where an answer that is there was withheld."""
    if mark.right:
        return "right"
    return "silent" if mark.answer.abstained else "wrong"


def counts(marks: Sequence[Mark]) -> str:
    """Return, for example, "20 asked, 14 right, 1 wrong, 5 silent"."""
    given = [verdict(mark) for mark in marks]
    parts = [f"{given.count(word)} {word}" for word in ("right", "wrong", "silent")]
    if any(mark.question.others for mark in marks):
        parts[0] += f" ({sum(mark.shows_both for mark in marks)} with both sides)"
    return ", ".join([f"{len(marks)} asked", *parts])


def _cut(line: str) -> str:
    """Shorten a line to LONGEST characters at a word, its footnote marks apart."""
    words = _MARKS.sub("", line)
    if len(words) <= LONGEST:
        return line
    return f"{words[:LONGEST].rsplit(' ', 1)[0]} …{line[len(words) :]}"


def _cell(text: str) -> str:
    return " ".join(_ACTIVE.sub(r"\\\1", printable(text)).split())


def main() -> None:
    """Print the specimens."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("exams", type=Path, nargs="+", metavar="FOLDER QUESTIONS")
    parser.add_argument("--each", type=int, default=20, help="how many of each type")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threshold", type=float, default=None)
    given = parser.parse_args()
    if len(given.exams) % 2:
        parser.error("give each FOLDER its QUESTIONS")
    go_offline()
    keep_freed_memory()
    specimens: list[Specimen] = []
    for folder, file in zip(given.exams[::2], given.exams[1::2], strict=True):
        questions = read_questions(file)
        check_files(questions, folder)
        specimens += [Specimen(folder, question) for question in questions]
    for line in report(ask(draw(specimens, given.each, given.seed), given.threshold)):
        print(line)


if __name__ == "__main__":
    main()
