"""The questions of an exam: one JSON object a line, with accepted answers and where they stand.

    {"id": "h-01", "question": "How many days off do I have?", "answers": ["27", "27 days"],
     "files": ["leave.md"], "quote": "Staff receive 27 days of leave.", "type": "fact"}

``files`` are the files that hold an answer, relative to the folder, each of them enough by itself;
``quote`` is the place in the first of them. A question with no accepted answers is one the folder
does not answer. A follow-up has ``history``, pairs of an earlier question and its answer.

A question on which documents contradict each other is of type ``contradiction``; what the other
document says stands in ``others``, ``other_files`` and ``other_quote``, which are like ``answers``,
``files`` and ``quote``. Where one document replaces another, ``answers`` are those of the later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from rag.errors import ExamError
from rag.evaluation.metrics import contains
from rag.types import Turn

UNANSWERABLE = "unanswerable"
CONTRADICTION = "contradiction"


@dataclass(frozen=True, slots=True)
class Side:
    """What one side says: its accepted forms, the files that say it, and the place in the first."""

    answers: tuple[str, ...]
    files: tuple[str, ...]
    quote: str


@dataclass(frozen=True, slots=True)
class ExamQuestion:
    """A question with what a right answer has to say; the fields are those of a line."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    id: str
    question: str
    answers: tuple[str, ...]
    files: tuple[str, ...] = ()
    quote: str = ""
    type: str = "fact"
    history: tuple[Turn, ...] = ()
    others: tuple[str, ...] = ()
    other_files: tuple[str, ...] = ()
    other_quote: str = ""

    @property
    def answerable(self) -> bool:
        """Whether the folder holds an answer."""
        return bool(self.answers)

    @property
    def sides(self) -> tuple[Side, ...]:
        """None if the folder holds no answer, two if its documents contradict each other."""
        first = Side(self.answers, self.files, self.quote)
        second = Side(self.others, self.other_files, self.other_quote)
        return tuple(side for side in (first, second) if side.answers)

    @property
    def accepted(self) -> tuple[str, ...]:
        """The accepted answers of all sides."""
        return self.answers + self.others


def read_questions(path: Path) -> tuple[ExamQuestion, ...]:
    """Return the questions of a JSON-lines file in its order; blank lines are passed over.

    Raises ExamError naming file and line where a line is not a question, contradicts itself, or
    repeats an id, and where the file cannot be read or holds no question.
    """
    parser = TypeAdapter(ExamQuestion)
    questions: dict[str, ExamQuestion] = {}
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        try:
            question = parser.validate_json(line)
        except ValidationError as error:
            raise _error(path, number, _explain(error)) from None
        problem = _contradiction(question, questions)
        if problem:
            raise _error(path, number, problem)
        questions[question.id] = question
    if not questions:
        raise ExamError(f"{path} holds no question: write one JSON object a line")
    return tuple(questions.values())


def check_files(questions: Sequence[ExamQuestion], folder: Path) -> None:
    """Raise ExamError if a question names a file that is not in the folder."""
    for question in questions:
        for file in question.files + question.other_files:
            if not (folder / file).is_file():
                raise ExamError(
                    f"question {question.id!r} names the file {file!r}, which is not in {folder}: "
                    f"correct the question or give the folder it was written for"
                )


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        reason = error.strerror or str(error)
        raise ExamError(
            f"cannot read the questions in {path} ({reason}): check the path"
        ) from error
    except UnicodeDecodeError as error:
        raise ExamError(
            f"the questions in {path} are not UTF-8 text: save them as UTF-8"
        ) from error


def _contradiction(question: ExamQuestion, earlier: dict[str, ExamQuestion]) -> str:
    if question.id in earlier:
        return f"the id {question.id!r} was used before"
    if not question.question.strip():
        return "the question is empty"
    if not all(answer.strip() for answer in question.accepted):
        return "an accepted answer is empty"
    if question.answerable and question.type == UNANSWERABLE:
        return "it is of type unanswerable but has accepted answers"
    if question.answerable and not question.files:
        return "it has accepted answers but names no file that holds them"
    if not question.answerable and question.type != UNANSWERABLE:
        return f"it has no accepted answers, so its type must be {UNANSWERABLE}"
    return _one_sided(question)


def _one_sided(question: ExamQuestion) -> str:
    if question.type != CONTRADICTION:
        named = question.others or question.other_files or question.other_quote
        return f"it has another side, so its type must be {CONTRADICTION}" if named else ""
    if not question.others or not question.other_files:
        return f"it is of type {CONTRADICTION} but has no others or no other_files"
    if set(question.files) & set(question.other_files):
        return "files and other_files share a file, so no two documents contradict each other"
    first, second = question.answers, question.others
    if any(contains(a, second) for a in first) or any(contains(b, first) for b in second):
        return "an answer of one side contains one of the other, so that either would be both"
    return ""


def _explain(error: ValidationError) -> str:
    first = error.errors()[0]
    message = first["msg"][:1].lower() + first["msg"][1:]
    field = ".".join(map(str, first["loc"]))
    return f"{field!r}: {message}" if field else message


def _error(path: Path, number: int, problem: str) -> ExamError:
    return ExamError(f"line {number} of {path} is not a question ({problem}): correct this line")
