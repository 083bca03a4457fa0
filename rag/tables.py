"""Rows of tables, read out with the names of their columns.

Loaders write a table as lines of cells, ``City | Hotel | Meals``, the header first.
"""

import re
from itertools import pairwise

from ingest.types import Span

_BAR = re.compile(r" ?\| ?")
_CELL = re.compile(r"[^|\s](?:[^|]*[^|\s])?")


def spelled_row(text: str, row: Span) -> tuple[str, Span] | None:
    """Return a table row as ``column: cell; column: cell`` and where its header stands.

    None if the span is not a row below a header of as many cells in ``text``.
    """
    header = _header(text, row)
    if header is None:
        return None
    names = _cells(text[header.start : header.end])
    cells = _cells(text[row.start : row.end])
    if len(names) != len(cells) or len(cells) < 2 or cells == names:
        return None
    named = (f"{n}: {c}" if n else c for n, c in zip(names, cells, strict=True) if c)
    return "; ".join(named), header


def row_asked_for(text: str, span: Span, question: str) -> Span:
    """Return the span, or its columns in the one other row that the question names.

    Rows of a table look alike to a reader; a question that holds the first cell of another row, and
    not that of the span's own, is about that row.
    """
    lines = [Span(*match.span()) for match in re.finditer(r"[^\n]*\|[^\n]*", text)]
    own = next((i for i, line in enumerate(lines) if line.start <= span.start < line.end), None)
    if own is None or _named(text, lines[own], question):
        return span
    first = last = own
    while first > 0 and lines[first].start - lines[first - 1].end <= 1:
        first -= 1
    while last + 1 < len(lines) and lines[last + 1].start - lines[last].end <= 1:
        last += 1
    named = [line for line in lines[first + 1 : last + 1] if _named(text, line, question)]
    if len(named) != 1:
        return span
    return _same_columns(text, span, lines[own], named[0])


def _named(text: str, row: Span, question: str) -> bool:
    cell = _cells(text[row.start : row.end])[0].lower()
    return len(cell) > 2 and re.search(rf"\b{re.escape(cell)}\b", question.lower()) is not None


def _same_columns(text: str, span: Span, row: Span, other: Span) -> Span:
    """Return the cells of another row below or above those that the span touches."""
    cells, others = (
        [Span(line.start + m.start(), line.start + m.end()) for m in _CELL.finditer(piece)]
        for line, piece in ((r, text[r.start : r.end]) for r in (row, other))
    )
    touched = [i for i, c in enumerate(cells) if c.start < span.end and c.end > span.start]
    if len(cells) != len(others) or not touched:
        return other
    return Span(others[touched[0]].start, others[touched[-1]].end)


def _header(text: str, row: Span) -> Span | None:
    """Return the first line of the unbroken run of table lines that ends with the row."""
    lines = [Span(*match.span()) for match in re.finditer(r"[^\n]+", text[: row.end])]
    if not lines or "|" not in text[lines[-1].start : lines[-1].end]:
        return None
    first = lines[-1]
    for above, below in reversed(list(pairwise(lines))):
        if "|" not in text[above.start : above.end] or below.start - above.end > 1:
            break
        first = above
    return first if first.start < row.start else None


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in _BAR.split(line.strip())]
