"""JSON and JSON lines: records as lines of ``name: value``, figures exactly as they are written."""

import json
import re
from pathlib import Path

from ingest.loaders.builder import DocumentBuilder
from ingest.loaders.decoding import read_text
from ingest.loaders.record import Fields, RecordWriter, Value
from ingest.types import Document

_LONGEST_TITLE = 100
_COMMENT = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*.*?\*/', re.S)
_SPARE_COMMA = re.compile(r'"(?:[^"\\\n]|\\.)*"|,(?=\s*[\]}])')


def load(path: Path) -> Document:
    """Read a JSON file, also one with comments, or one with a value on each line.

    What is not valid is read as text, with a note. The title is the outermost "title" or "name".
    """
    text, notes = read_text(path)
    if not text.strip():
        return Document(title="", text="")
    try:
        value = _lenient(text)
    except ValueError as error:
        if _first_line_is_record(text):
            return _of_lines(text, notes)
        reason = " ".join(str(error).split())[:80]
        return Document("", text, notes=(*notes, f"not valid JSON: read as text ({reason})"))
    builder = DocumentBuilder()
    writer = RecordWriter(builder)
    writer.write(value)
    return builder.build(_title(value), (*notes, *writer.notes))


def load_lines(path: Path) -> Document:
    """Read a file with one JSON value a line; a broken line is kept as it is, and counted."""
    return _of_lines(*read_text(path))


def _of_lines(text: str, notes: tuple[str, ...]) -> Document:
    """Return the Document of JSON lines."""
    builder = DocumentBuilder()
    writer = RecordWriter(builder)
    broken = number = 0
    for line in filter(str.strip, text.split("\n")):
        number += 1
        try:
            writer.write_item(_parsed(line), f"record {number}")
        except ValueError:
            broken += 1
            builder.paragraph(line.strip())
        if builder.full:
            break
    if broken:
        notes += (f"{broken} lines are not valid JSON: kept as they are",)
    return builder.build("", (*notes, *writer.notes))


def _lenient(text: str) -> Value:
    """Return the value of a whole file; comments and spare commas are overlooked."""
    try:
        return _parsed(text)
    except ValueError:
        bare = _COMMENT.sub(_string_or_blank, text)
        return _parsed(_SPARE_COMMA.sub(_string_or_blank, bare))


def _string_or_blank(match: re.Match[str]) -> str:
    """Return a string as it is, anything else that matched as a blank."""
    return match[0] if match[0].startswith('"') else " "


def _parsed(text: str) -> Value:
    """Return a JSON value; figures keep the digits that they are written with."""
    return _plain(
        json.loads(
            text, object_pairs_hook=_fields, parse_int=str, parse_float=str, parse_constant=str
        )
    )


def _fields(pairs: list[tuple[str, object]]) -> Fields:
    """Return the fields of one JSON object."""
    return Fields(tuple((key, _plain(value)) for key, value in pairs))


def _plain(value: object) -> Value:
    """Return a value with truth as a word; what is null has nothing to say."""
    if isinstance(value, str | Fields):
        return value
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return "" if value is None else str(value).lower()


def _first_line_is_record(text: str) -> bool:
    """Tell whether the first line alone is a JSON object or list."""
    try:
        return not isinstance(_parsed(text.strip().partition("\n")[0]), str)
    except ValueError:
        return False


def _title(value: Value) -> str:
    """Return the outermost "title" or "name"."""
    pairs = value.pairs if isinstance(value, Fields) else ()
    for wanted in ("title", "name"):
        for key, inner in pairs:
            if key.lower() == wanted and isinstance(inner, str) and len(inner) <= _LONGEST_TITLE:
                return inner.strip()
    return ""
