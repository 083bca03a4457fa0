"""The examples of a run as a file, made once and trained on often: gzip, one JSON object a line.

A question has the fields of ``Example``, a statement to check those of ``Claim``.
"""

import gzip
import io
import json
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rag.errors import ModelError
from rag.training.claims import Claim
from rag.training.examples import Example
from rag.training.reading import Lesson

_KINDS = (
    "questions with the answer marked",
    "questions with a passage that answers, nothing marked",
    "questions with a passage that does not answer",
    "statements with a quote that supports them",
    "statements with a quote that does not",
)


def write_lessons(lessons: Sequence[Lesson], path: Path) -> None:
    """Write the lessons whole or not at all; the same lessons give the same bytes.

    Raises ModelError when they cannot be written.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as raw:
            packed = gzip.GzipFile("", "wb", 6, raw, mtime=0)
            with packed, io.TextIOWrapper(packed, encoding="utf-8", newline="\n") as lines:
                lines.writelines(json.dumps(asdict(lesson)) + "\n" for lesson in lessons)
            raw.flush()
            os.fsync(raw.fileno())
        os.replace(part, path)
    except OSError as error:
        raise ModelError(
            f"cannot write the examples to {path} ({error.strerror}): choose another --out"
        ) from error
    finally:
        if part.exists():
            part.unlink()


def read_lessons(path: Path) -> list[Lesson]:
    """Return the lessons of a file in its order; ModelError where it cannot be read."""
    lessons: list[Lesson] = []
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                lessons.append(_lesson(line))
    except FileNotFoundError as error:
        raise ModelError(
            f"there are no examples in {path}: make them with `footnote train data --out {path}`"
        ) from error
    except (OSError, EOFError, ValueError, TypeError, KeyError) as error:
        raise ModelError(
            f"the examples in {path} cannot be read after line {len(lessons)} ({error}): "
            f"delete the file and make it with `footnote train data` again"
        ) from error
    return lessons


def count_kinds(lessons: Sequence[Lesson]) -> dict[str, int]:
    """Return how many lessons there are of each kind, in a fixed order."""
    counted = Counter(_kind(lesson) for lesson in lessons)
    return {kind: counted[kind] for kind in _KINDS}


def _lesson(line: str) -> Lesson:
    row = json.loads(line)
    if "statement" in row:
        return Claim(**row)
    return Example(**{**row, "answers": tuple(row["answers"])})


def _kind(lesson: Lesson) -> str:
    if isinstance(lesson, Claim):
        return _KINDS[3] if lesson.supported else _KINDS[4]
    if not lesson.relevant:
        return _KINDS[2]
    return _KINDS[1] if lesson.start is None else _KINDS[0]
