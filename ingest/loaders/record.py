"""Records: nested fields with names, as JSON and XML hold them, written as lines of text.

What is short stands on one line, ``name: Anna; address.city: Berlin``, as a row of a table is read
out, so that a quoted line says whose values it holds. What is long gets a heading and lines of its
own, and long prose its own paragraph.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ingest.errors import DocumentError
from ingest.loaders.builder import DocumentBuilder

ONE_LINE = 400  # characters that a record on one line may have
MAX_DEPTH = 100
_LONG_VALUE = 200  # characters from which a value is prose, not a field
_MANY_VALUES = 50
_SHOWN_VALUES = 20
_DATA = 500  # characters without a blank that make a value data for machines
_NAMES = ("title", "name", "subject", "label", "id", "key")
_LOWEST = 6  # level of headings


@dataclass(frozen=True, slots=True)
class Fields:
    """Names with their values, in the order of the file; a name may come twice."""

    pairs: tuple[tuple[str, "Value"], ...]


Value: TypeAlias = "str | Fields | list[Value]"


class RecordWriter:
    """Writes values into a DocumentBuilder, and remembers what it shortened."""

    def __init__(self, builder: DocumentBuilder) -> None:
        self._builder = builder
        self._notes: dict[str, None] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out so far, in a user's words."""
        return tuple(self._notes)

    def write(self, value: Value, path: str = "", level: int = 1, depth: int = 0) -> None:
        """Write a value; ``path`` names it where no heading does, ``level`` is that of headings.

        Raises DocumentError where values lie in one another more than MAX_DEPTH deep.
        """
        if depth > MAX_DEPTH:
            raise DocumentError("damaged: its parts are nested too deeply")
        if self._builder.full:
            return
        line = self._line(value, path)
        if line is not None:
            self._builder.paragraph(line)
        elif isinstance(value, str):
            self._builder.paragraph(_labelled(path, self._legible(value)))
        elif isinstance(value, Fields):
            self._fields(value, level, depth)
        elif _is_plain(value):
            self._values(_texts(value), path)
        elif all(map(_is_plain, value)):
            self._rows(value, path)
        else:
            self._items(value, path, level, depth)

    def write_item(self, item: Value, name: str, level: int = 1, depth: int = 0) -> None:
        """Write one value of a list; a long record under what it calls itself, else ``name``."""
        if isinstance(item, Fields) and self._line(item, "") is None:
            self._builder.heading(min(level, _LOWEST), _name(item) or name)
            level += 1
        self.write(item, "", level, depth)

    def _fields(self, record: Fields, level: int, depth: int) -> None:
        """Write the fields in order, runs of short ones together."""
        run: list[str] = []
        for key, value in record.pairs:
            line = self._line(value, key)
            if line is not None:
                run.append(line)
                continue
            self._run(run)
            run = []
            if isinstance(value, str) or _is_plain(value):
                self.write(value, key, level, depth + 1)
            else:
                self._builder.heading(min(level, _LOWEST), _shown(key))
                self.write(value, key, level + 1, depth + 1)
        self._run(run)

    def _run(self, lines: Sequence[str]) -> None:
        """Write short fields on one line, or as a list where they are many."""
        lines = [line for line in lines if line]
        if sum(map(len, lines)) + 2 * len(lines) <= ONE_LINE:
            self._builder.paragraph("; ".join(lines))
        else:
            self._list(lines)

    def _list(self, lines: Sequence[str]) -> None:
        """Write lines as items."""
        self._builder.open_list()
        for line in lines:
            self._builder.open_item("- ")
            self._builder.paragraph(line)
        self._builder.close_list()

    def _items(self, items: "list[Value]", path: str, level: int, depth: int) -> None:
        """Write the values of a list, a long record under its own name."""
        for number, item in enumerate(items, 1):
            self.write_item(item, f"{_shown(path) or 'record'} {number}", level, depth + 1)

    def _rows(self, rows: "list[Value]", path: str) -> None:
        """Write a list of lists: a table where it holds words, else its first figures."""
        texts = [[self._legible(cell) for cell in _texts(row)] for row in rows]
        if any(any(map(str.isalpha, cell)) for row in texts[:1] for cell in row):
            lines = (" | ".join(" ".join(cell.split()) for cell in row) for row in texts)
            self._builder.solid("\n".join(lines))
        else:
            self.write([cell for row in texts for cell in row], path)

    def _line(self, value: Value, path: str) -> str | None:
        """Return a value on one line, None where it is too long or has a form of its own."""
        parts = []
        length = 0
        for name, words in _flat(value, path, 0):
            if words is None:
                return None
            words = self._legible(words)
            length += len(name) + len(words) + 4
            if length > ONE_LINE or len(words) > _LONG_VALUE or "\n" in words:
                return None
            if words:
                parts.append(_labelled(name, words))
        return "; ".join(parts)

    def _values(self, values: Sequence[str], path: str) -> None:
        """Write plain values: many words as a list, of many figures the first ones."""
        texts = list(map(self._legible, values))
        if len(texts) <= _MANY_VALUES:
            self._builder.paragraph(_labelled(path, ", ".join(texts)))
        elif any(any(map(str.isalpha, text)) for text in texts[:_SHOWN_VALUES]):
            self._builder.paragraph(f"{_shown(path)}:" if path else "")
            self._list(texts)
        else:
            self._notes["long lists of figures are shown in part"] = None
            shown = ", ".join(texts[:_SHOWN_VALUES])
            self._builder.paragraph(_labelled(path, f"{shown} … ({len(texts):,} values)"))

    def _legible(self, text: str) -> str:
        """Return a value without the blanks around it; data for machines only by its length."""
        text = text.strip()
        if len(text) <= _DATA or not text.isascii() or any(map(str.isspace, text[:_DATA])):
            return text
        self._notes["encoded data was left out"] = None
        return f"({len(text):,} characters of data)"


def _flat(value: Value, path: str, depth: int) -> Iterator[tuple[str, str | None]]:
    """Yield dotted names and values below a value; None for a list that is no short line."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, list):
        short = len(value) <= _SHOWN_VALUES and _is_plain(value)
        yield path, ", ".join(map(str.strip, _texts(value))) if short else None
    elif depth > MAX_DEPTH:
        yield path, None
    else:
        for key, inner in value.pairs:
            below = f"{path}.{key}" if path and key else path or key
            yield from _flat(inner, below, depth + 1)


def _is_plain(value: Value) -> bool:
    """Tell whether a value is a list of nothing but plain values."""
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _texts(value: Value) -> list[str]:
    """Return the plain values of a list."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _shown(name: str) -> str:
    """Return a name as it is shown: on one line and not too long."""
    return " ".join(name.split())[:_LONG_VALUE]


def _labelled(name: str, text: str) -> str:
    """Return ``name: text``, or the text alone where it has no name."""
    return f"{_shown(name)}: {text}" if text and name.strip() else text


def _name(record: Fields) -> str:
    """Return what a record calls itself."""
    values = {key.lower(): value for key, value in reversed(record.pairs)}
    for key in _NAMES:
        value = values.get(key)
        if isinstance(value, str) and 0 < len(value.strip()) <= _LONG_VALUE:
            return _shown(value)
    return ""
