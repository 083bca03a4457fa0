"""The tables of reStructuredText: drawn as a grid, simple, as CSV and as nested lists."""

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import islice

GRID_RULE = re.compile(r"\+(?:[-=]+\+)+$")
SIMPLE_RULE = re.compile(r"=+(?: +=+)+$")
_PARTIAL_RULE = re.compile(r"\+?(?:[-=]{3,200}\+)+")
_DASHES = re.compile(r"-+(?: +-+)*$")
_LIST_CELL = re.compile(r"(?P<row>[*+-] +)?(?P<indent> *)[*+-](?: +(?P<text>.*))?$")


def grid_end(lines: Sequence[str], start: int) -> int:
    """Return the index below a grid table that starts at ``start``."""
    end = start
    while end < len(lines) and lines[end][:1] in ("+", "|"):
        end += 1
    return end


def grid_rows(lines: Sequence[str]) -> Iterator[list[str]]:
    """Yield the rows of a grid table; cells that span columns are one cell."""
    edges = sorted({i for line in lines if GRID_RULE.match(line) for i in _places(line)})
    group: list[str] = []
    for line in lines:
        if not GRID_RULE.match(line):
            group.append(line)
        elif group:
            yield _grid_row(group, edges)
            group = []


def _places(rule: str) -> Iterator[int]:
    return (index for index, character in enumerate(rule) if character == "+")


def _grid_row(group: Sequence[str], edges: Sequence[int]) -> list[str]:
    """Return the cells of the lines between two rules."""
    held = [edge for edge in edges if all(line[edge : edge + 1] in ("|", "+") for line in group)]
    cells = []
    for left, right in zip(held, held[1:], strict=False):
        parts = (_PARTIAL_RULE.sub(" ", line[left + 1 : right]).strip() for line in group)
        cells.append(" ".join(filter(None, parts)))
    return cells


def simple_end(lines: Sequence[str], start: int) -> int:
    """Return the index below a simple table that starts at ``start``."""
    rules = list(islice((i for i in range(start, len(lines)) if SIMPLE_RULE.match(lines[i])), 3))
    for index in rules[1:]:
        if index + 1 >= len(lines) or not lines[index + 1]:
            return index + 1
    return rules[-1] + 1


def simple_rows(lines: Sequence[str]) -> list[list[str]]:
    """Return the rows of a simple table; a line without a first cell goes on with its row."""
    starts = [match.start() for match in re.finditer(r"=+", lines[0])]
    ends: list[int | None] = [*starts[1:], None]
    rows: list[list[str]] = []
    for line in lines:
        if not line or SIMPLE_RULE.match(line) or _DASHES.match(line):
            continue
        cells = [line[a:b].strip() for a, b in zip(starts, ends, strict=True)]
        if rows and not cells[0]:
            rows[-1] = [" ".join(filter(None, both)) for both in zip(rows[-1], cells, strict=True)]
        else:
            rows.append(cells)
    return rows


def csv_rows(lines: Sequence[str], header: str) -> list[list[str]]:
    """Return the rows of a ``csv-table``; those that CSV cannot read as single cells."""
    rows: list[list[str]] = []
    for line in filter(str.strip, (header, *lines)):
        try:
            rows += csv.reader([line], skipinitialspace=True)
        except csv.Error:
            rows.append([line])
    return rows


def list_rows(lines: Sequence[str]) -> list[list[str]]:
    """Return the rows of a ``list-table``, whose cells are items of items."""
    rows: list[list[str]] = []
    column = None
    for line in lines:
        match = _LIST_CELL.match(line)
        place = len(match["row"] or "") + len(match["indent"]) if match else -1
        if match and match["row"]:
            rows.append([match["text"] or ""])
            column = place
        elif match and rows and place == column:
            rows[-1].append(match["text"] or "")
        elif rows and line.strip():
            rows[-1][-1] = f"{rows[-1][-1]} {line.strip()}".strip()
    return rows
