"""Rows of tables, read out with the names of their columns.

Loaders write a table as lines of cells, ``City | Hotel | Meals``, the header first.
"""

import re
from itertools import pairwise

from ingest.types import Span

_BAR = re.compile(r" ?\| ?")


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
