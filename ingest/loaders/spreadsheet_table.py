"""From the rows of a sheet to tables with a header line, and the words above and between them.

An empty row ends a table only where another header follows; what is set off by empty rows alone
goes on under the header above. A table without a header gets the letters of its columns.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from ingest.loaders.builder import DocumentBuilder
from ingest.loaders.office_table import table_text
from ingest.loaders.spreadsheet_values import Figure

Row = Sequence[str]

_LONGEST_NAME = 80  # characters of a column's name
_LOOKED_AT = 200  # rows of a column that show what it holds


def write_rows(rows: Sequence[Row], builder: DocumentBuilder, first_column: int = 0) -> None:
    """Write the rows of a sheet or of a delimited file.

    Cells are texts, Figures where they hold no words; ``first_column`` is where rows begin, from 0.
    """
    tables: list[list[Row]] = []
    for block in _blocks(rows):
        lead, body = _without_titles(block)
        if tables and not lead and _goes_on(tables[-1], body):
            tables[-1] += body
            continue
        _write_all(tables, builder, first_column)
        tables.clear()
        for row in lead:
            builder.paragraph(next(filter(None, row)))
        tables.append(body)
    _write_all(tables, builder, first_column)


def column_letters(index: int) -> str:
    """Return A for the first column, from 0, and AA for the 27th."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _blocks(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Yield the runs of rows that are not empty."""
    for filled, run in groupby(rows, any):
        if filled:
            yield list(run)


def _without_titles(block: list[Row]) -> tuple[list[Row], list[Row]]:
    """Return the rows of one text at the head of a block, and the table below them."""
    place = 0
    while place < len(block) and _is_single(block[place]):
        place += 1
    if place == len(block) and len(block) > 1:
        return [], block
    return block[:place], block[place:]


def _is_single(row: Row) -> bool:
    """Tell whether a row holds one text, be it repeated in merged cells."""
    texts = {cell for cell in row if cell}
    return len(texts) == 1 and not any(isinstance(cell, Figure) for cell in texts)


def _goes_on(table: Sequence[Row], block: Sequence[Row]) -> bool:
    """Tell whether a block has no header of its own but the columns of the table above."""
    return (
        _header_rows([*table[:_LOOKED_AT], *block[:_LOOKED_AT]]) > 0
        and not _has_figures_below_words(block)
        and _used(block) <= _used(table)
        and len(_used(block)) > 1
    )


def _write_all(tables: Sequence[Sequence[Row]], builder: DocumentBuilder, first: int) -> None:
    for table in tables:
        if table:
            _write(table, builder, first)


def _write(table: Sequence[Row], builder: DocumentBuilder, first_column: int) -> None:
    """Write one table, its header in a single line."""
    columns = sorted(_used(table))
    rows = [[_at(row, column) for column in columns] for row in table]
    depth = _header_rows(rows)
    if depth:
        names = [
            " ".join(dict.fromkeys(filter(None, parts)))
            for parts in zip(*rows[:depth], strict=True)
        ]
        builder.solid(table_text([names, *rows[depth:]]))
    elif len(columns) == 2 and not all(isinstance(row[0], Figure) for row in rows if row[0]):
        builder.solid("\n".join(_pair(*row) for row in rows))
    elif len(columns) == 1 or len(rows) == 1:
        builder.solid(table_text(rows))
    else:
        names = [column_letters(first_column + column) for column in columns]
        builder.solid(table_text([names, *rows]))


def _pair(name: str, value: str) -> str:
    """Return a name and its value, as forms have them side by side."""
    if not name or not value:
        return name or value
    return f"{name} {value}" if name.endswith(":") else f"{name}: {value}"


def _header_rows(rows: Sequence[Row]) -> int:
    """Return how many rows at the head of a table name its columns: none, one or two."""
    width = len(_used(rows))
    if len(rows) < 2 or width < 2 or not _names(rows[0]) or _is_form(rows):
        return 0
    if len(rows) > 2 and _spans(rows[0]) and _names(rows[1]) and _has_figures(rows[2:]):
        return 2
    filled = sum(1 for cell in rows[0] if cell)
    if filled * 2 < width or _recurs(rows):
        return 0
    return 1


def _names(row: Row) -> bool:
    """Tell whether a row may name columns: short texts, or a text and several years or days."""
    cells = [cell for cell in row if cell]
    figures = [cell for cell in cells if isinstance(cell, Figure)]
    if not cells or len(figures) == 1 or isinstance(row[0], Figure):
        return False
    return all(len(c) <= _LONGEST_NAME for c in cells) and all(map(_is_period, figures))


def _is_period(text: str) -> bool:
    """Tell whether a figure names a year or a day rather than counts something."""
    if text.isdigit():
        return 1900 <= int(text[:9]) <= 2100
    return text.count("-") == 2 and text.replace("-", "").isdigit()


def _is_form(rows: Sequence[Row]) -> bool:
    """Tell whether the first of two columns names the values of the second."""
    named = sum(1 for row in rows[:_LOOKED_AT] if _at(row, 0).endswith(":"))
    return named * 2 > min(len(rows), _LOOKED_AT)


def _spans(row: Row) -> bool:
    """Tell whether names stand above several columns: a merged cell gives its text to each."""
    return any(left and left == right for left, right in pairwise(row))


def _has_figures(rows: Sequence[Row]) -> bool:
    """Tell whether a column holds figures for the most part."""
    for column in range(max(map(len, rows), default=0)):
        cells = [cell for row in rows[:_LOOKED_AT] if (cell := _at(row, column))]
        if cells and 2 * sum(isinstance(cell, Figure) for cell in cells) > len(cells):
            return True
    return False


def _has_figures_below_words(rows: Sequence[Row]) -> bool:
    """Tell whether a block begins with a header: words, and figures below them."""
    return len(rows) > 1 and _names(rows[0]) and _has_figures(rows[1:])


def _recurs(rows: Sequence[Row]) -> bool:
    """Tell whether a text of the first row stands again below it, as values do and names do not.

    A whole row that comes again is the header of a part that was appended.
    """
    below = [row for row in rows[1:_LOOKED_AT] if row != rows[0]]
    return any(
        cell and any(_at(row, column) == cell for row in below)
        for column, cell in enumerate(rows[0])
    )


def _used(rows: Sequence[Row]) -> set[int]:
    """Return the columns that hold anything."""
    used: set[int] = set()
    for row in rows:
        used.update(column for column, cell in enumerate(row) if cell)
    return used


def _at(row: Row, column: int) -> str:
    return row[column] if column < len(row) else ""
