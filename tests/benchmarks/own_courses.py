"""What is learned and what is asked when a folder's questions teach the reader.

A row to learn is the passage that holds the quote of a question, with the accepted answer that
stands in that quote; a question without an answer comes with the first passage found for it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.config import Settings, load_settings
from ingest.pipeline import ingest
from rag.evaluation.questions import ExamQuestion, Side, check_files, read_questions
from rag.query import clean_question, stand_alone
from rag.retriever import DEPTH
from rag.training.examples import Example
from rag.training.own_lessons import OwnLessons, divide, is_held_out
from rag.training.own_library import OwnLibrary, span_of


@dataclass(frozen=True, slots=True)
class Course:
    """One fold of a folder: what is learned from the others, and what is asked."""

    folder: str
    fold: int
    settings: Settings
    lessons: OwnLessons
    asked: tuple[ExamQuestion, ...]


def courses_of(folder: Path, place: Path, folds: int, seed: int) -> Iterator[Course]:
    """Ingest a folder once and yield a course for each fold of its questions."""
    source = folder / "questions.jsonl"
    questions = read_questions(source)
    check_files(questions, folder)
    settings = load_settings(library=place / "library", models=place / "models")
    ingest(folder, settings.library, settings)
    with OwnLibrary.open(settings) as library:
        rows = {question.id: list(rows_of(question, library)) for question in questions}
        for number, asked in enumerate(deal(questions, folds)):
            learned = [row for one in questions if one not in asked for row in rows[one.id]]
            lessons = divide(learned, library, seed, source)
            yield Course(folder.name, number, settings, lessons, tuple(asked))


def deal(questions: Sequence[ExamQuestion], folds: int) -> list[list[ExamQuestion]]:
    """Deal questions into folds with like shares of each type.

    Those that training holds out by their words are in none: they decide in every fold whether the
    new reader is kept, and folds of a small exam would have too few of them.
    """
    dealt = [one for one in questions if not is_held_out(standing(one))]
    order = sorted(dealt, key=lambda one: one.type)
    return [order[number::folds] for number in range(folds)]


def standing(question: ExamQuestion) -> str:
    """Return what the reader is asked: a follow-up with the history that it needs."""
    return stand_alone(clean_question(question.question), question.history)


def rows_of(question: ExamQuestion, library: OwnLibrary) -> Iterator[Example]:
    """Yield what a person would write down: a row for each side, or one that none answers."""
    asked = standing(question)
    for side in question.sides:
        row = answered_row(asked, side, library)
        if row is not None:
            yield row
    if not question.answerable:
        for hit in library.retriever.retrieve(asked, 1).hits:
            chunk = hit.passage.chunk
            yield Example(asked, chunk.text, chunk.context, None, None, False, chunk.context)


def answered_row(asked: str, side: Side, library: OwnLibrary) -> Example | None:
    """Return the passage that holds the quote, and the answer in it; None where either is torn."""
    found = library.retriever.retrieve(f"{asked} {side.quote}", DEPTH, [side.files[0]])
    for chunk in (hit.passage.chunk for hit in found.hits):
        begin, end = quoted(side.quote, chunk.text) or (0, 0)
        for answer in side.answers:
            span = span_of(answer, chunk.text[begin:end])
            if span is not None:
                start, stop = begin + span[0], begin + span[1]
                said = (chunk.text[start:stop],)
                return Example(
                    asked, chunk.text, chunk.context, start, stop, True, chunk.context, said
                )
    return None


def quoted(quote: str, text: str) -> tuple[int, int] | None:
    """Return where the words of a quote stand in a text, whatever marks part them.

    The quotes of an exam pass over the bars of a table and the marks of a list.
    """
    words = r"\W+".join(map(re.escape, re.findall(r"\w+", quote)))
    found = re.search(rf"(?<!\w)[^\w\s]*{words}(?!\w)[^\w\s]*", text)
    return found.span() if words and found else None
