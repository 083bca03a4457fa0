"""A person's own questions: one JSON object a line, with the words that answer it.

    {"question": "When do they end?", "passage": "They end in May.", "answer": "May"}
    {"question": "Who signs it?", "passage": "They end in May.", "answer": null}
    {"question": "When does the lease end?", "file": "lease.pdf", "answer": "31 May 2027"}

``answer`` stands in the passage word by word; null says that the passage does not answer. A
``file`` stands for the passage of the library's file that holds the answer.
"""

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ValidationError

from ingest.errors import LibraryError
from rag.errors import ModelError
from rag.training.examples import Example
from rag.training.own_library import OwnLibrary, span_of


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A line, counted from 1, that cannot be learned from, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class OwnRows:
    """What was read: examples, and the lines left out."""

    examples: tuple[Example, ...]
    skipped: tuple[SkippedRow, ...]


class _Row(BaseModel):
    question: str
    answer: str | None
    passage: str | None = None
    file: str | None = None


class _Unusable(Exception):
    """Why a row is skipped."""


def read_rows(path: Path, library: OwnLibrary | None = None) -> OwnRows:
    """Read a file of rows; ModelError where it cannot be read, blank lines are passed over.

    A row that cannot be used is skipped with its reason. ``library`` finds the passages of rows
    that name a file.
    """
    examples: dict[tuple[str, str], Example] = {}
    skipped = []
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        try:
            example = _example(_parsed(line), library)
            if (example.question, example.passage) in examples:
                raise _Unusable("the same question and passage stand in an earlier line")
            examples[example.question, example.passage] = example
        except _Unusable as error:
            skipped.append(SkippedRow(number, str(error)))
    return OwnRows(tuple(examples.values()), tuple(skipped))


def names_files(path: Path) -> bool:
    """Whether any row of a file names a file instead of a passage."""
    for line in _lines(path):
        try:
            if _parsed(line).file is not None:
                return True
        except _Unusable:
            continue
    return False


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ModelError(
            f"cannot read the questions in {path} ({reason}): give a file of one JSON object a line"
        ) from error


def _parsed(line: str) -> _Row:
    try:
        return _Row.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        field = f"{first['loc'][0]!r}: " if first["loc"] else ""
        raise _Unusable(f"{field}{first['msg'][:1].lower()}{first['msg'][1:]}") from None


def _example(row: _Row, library: OwnLibrary | None) -> Example:
    """Return the example of a row; raises _Unusable."""
    question = " ".join(row.question.split())
    answer = row.answer
    if not question:
        raise _Unusable("the question is empty")
    if answer is not None and not answer.strip():
        raise _Unusable("the answer is empty: write null where the passage does not answer")
    heading, passage = _passage(row, question, library)
    if answer is None:
        return Example(question, passage, heading, None, None, False, heading)
    span = span_of(answer, passage)
    if span is None:
        raise _Unusable(f"the answer {answer!r} does not stand in the passage word by word")
    said = passage[span[0] : span[1]]
    return Example(question, passage, heading, *span, True, heading, (said,))


def _passage(row: _Row, question: str, library: OwnLibrary | None) -> tuple[str, str]:
    """Return the heading and text of a row's passage."""
    if row.passage is not None and row.passage.strip():
        return "", row.passage
    if row.file is None:
        raise _Unusable("it has neither a passage nor a file")
    if library is None:
        raise _Unusable("it names a file, and there is no library to look it up in")
    try:
        chunk = library.passage_of(row.file, question, row.answer)
    except LibraryError as error:
        raise _Unusable(str(error)) from error
    if chunk is None:
        raise _Unusable(f"no passage of {row.file} holds the answer {row.answer!r} word by word")
    return chunk.context, chunk.text
