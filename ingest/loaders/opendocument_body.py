"""Writing the paragraphs, lists, tables and text boxes of an OpenDocument file."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.loaders.builder import DocumentBuilder
from ingest.loaders.office_flow import TextFlow
from ingest.loaders.office_list import BULLET, ListCounter, ListLevel
from ingest.loaders.office_table import MAX_COLUMNS, Cell, arranges_page, cell_text, write_table
from ingest.loaders.office_xml import (
    attribute,
    child,
    counted,
    descendants,
    in_lines,
    joined,
    local,
    whole_number,
)
from ingest.loaders.opendocument_styles import LEVELS, OpenStyles
from ingest.loaders.opendocument_words import DRAWN, words_of

if TYPE_CHECKING:
    from lxml.etree import _Element

_CONTENTS = frozenset(
    "table-of-content illustration-index table-index object-index user-index "
    "alphabetical-index".split()
)
_UNSEEN = frozenset(
    "tracked-changes forms sequence-decls variable-decls user-field-decls annotation title desc "
    "soft-page-break table-column table-columns table-header-columns shapes notes".split()
)
_LONGEST_HEADING = 300


@dataclass(slots=True)
class _List:
    """A list that is open: its levels, its numbers, how deep it is, what the next item has."""

    levels: tuple[ListLevel, ...]
    counter: ListCounter
    style: str
    depth: int
    marker: str = ""


class OpenWriter:
    """Writes the elements of a document into a DocumentBuilder."""

    def __init__(self, builder: DocumentBuilder, styles: OpenStyles) -> None:
        self.title = ""
        self.images = 0
        self._page = TextFlow(builder)
        self._flow = self._page
        self._styles = styles
        self._lists: list[_List] = []
        self._counters: dict[str, ListCounter] = {}
        self._called: dict[str, list[_Element]] = {"footnote": [], "endnote": []}
        self._counts = {"footnote": 0, "endnote": 0}
        self._contents = False
        self._comments = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out, in a user's words."""
        contents = ("table of contents, left out",) if self._contents else ()
        images = counted(self.images, "image", "without text")
        return contents + images + counted(self._comments, "comment", "left out")

    def write(self, container: "_Element") -> None:
        """Write what a container holds, its endnotes at the end."""
        self._write(container)
        self._flow.close()
        self._write_notes("endnote")

    def _write(self, container: "_Element") -> None:
        for element in container:
            kind = local(element)
            if kind == "p":
                self._paragraph(element, None)
            elif kind == "h":
                self._paragraph(element, whole_number(attribute(element, "outline-level"), 1))
            elif kind == "list":
                self._list(element)
            elif kind == "table":
                self._table(element)
            elif kind in DRAWN:
                self.write_drawn(element)
            elif kind in _CONTENTS:
                self._contents = True
            elif kind == "annotation":
                self._comments += 1
            elif kind not in _UNSEEN and attribute(element, "display") != "none":
                self._write(element)

    def _paragraph(self, paragraph: "_Element", level: int | None) -> None:
        words = words_of(paragraph, self._styles)
        style = attribute(paragraph, "style-name") or ""
        if self._styles.is_hidden(style):
            return
        if level is None and self._styles.is_code(style) and not self._lists:
            self._flow.code(words.text)
        else:
            self._flow.end_code()
            self._set(in_lines(words.text), style, level)
        self._comments += words.comments
        for drawn in words.drawn:
            self.write_drawn(drawn)
        for note in words.notes:
            is_endnote = attribute(note, "note-class") == "endnote"
            self._called["endnote" if is_endnote else "footnote"].append(note)
        if self._flow is self._page:
            self._write_notes("footnote")

    def _set(self, text: str, style: str, level: int | None) -> None:
        """Write a paragraph as the heading, the item of a list or the prose that it is."""
        if not text:
            return
        is_title = level is None and not self._lists and self._styles.is_title(style)
        if is_title and not self.title:
            self.title = joined(text)
        marker = self._lists[-1].marker if self._lists else ""
        if (level is not None or is_title) and len(text) <= _LONGEST_HEADING:
            self._flow.lists.end()
            number = "" if marker == BULLET else marker
            self._flow.builder.heading(level or 1, number + joined(text))
        elif marker:
            self._flow.lists.item(self._lists[-1].depth, marker, text)
        else:
            if not self._lists:
                self._flow.lists.end()
            self._flow.builder.paragraph(text)
        if self._lists:
            self._lists[-1].marker = ""

    def _list(self, element: "_Element") -> None:
        """Write a list; one inside another goes on with its numbering style."""
        outer = self._lists[-1] if self._lists else None
        style = attribute(element, "style-name") or (outer.style if outer else "")
        depth = min(outer.depth + 1 if outer else 0, LEVELS - 1)
        counter = outer.counter if outer else self._counter(element, style)
        self._flow.end_code()
        self._lists.append(_List(self._styles.list_levels(style), counter, style, depth))
        for item in element:
            if local(item) in ("list-item", "list-header"):
                self._item(item, self._lists[-1])
        self._lists.pop()
        if not self._lists:
            self._flow.lists.end()

    def _item(self, item: "_Element", listed: _List) -> None:
        first = next((local(below) for below in item), "")
        if local(item) == "list-item" and first != "list":
            start = attribute(item, "start-value")
            levels = list(listed.levels)
            if start is not None:
                own = levels[listed.depth]
                levels[listed.depth] = ListLevel(own.style, own.pattern, whole_number(start, 1))
                listed.counter.restart(listed.depth)
            listed.marker = listed.counter.marker(listed.depth, levels)
        self._write(item)
        listed.marker = ""

    def _counter(self, element: "_Element", style: str) -> ListCounter:
        """Return the counter of the list that this one continues, else a new one."""
        names = [attribute(element, "continue-list") or "", attribute(element, "id") or ""]
        if attribute(element, "continue-numbering") == "true":
            names.insert(0, f"style {style}")
        known = (self._counters[name] for name in names if name and name in self._counters)
        counter = next(known, None) or ListCounter()
        for name in (f"style {style}", names[-1]):
            if name:
                self._counters[name] = counter
        return counter

    def _inner(self, container: "_Element") -> str:
        """Return what a cell or a note holds, on one line."""
        outside = self._flow, self._lists
        self._flow, self._lists = TextFlow(DocumentBuilder()), []
        self._write(container)
        self._flow.close()
        text = cell_text(self._flow.builder)
        self._flow, self._lists = outside
        return text

    def _table(self, table: "_Element") -> None:
        self._flow.close()
        rows = list(_rows(table))
        cells = [cell for row in rows for cell in row if local(cell) == "table-cell"]
        lengths = [len("".join(cell.itertext())) for cell in cells]
        if arranges_page(lengths) or any(True for _ in descendants(table, "table")):
            for cell in cells:
                self._apart(cell)
            return
        write_table([list(self._cells(row)) for row in rows], self._flow.builder)
        if self._flow is self._page:
            self._write_notes("footnote")

    def _cells(self, row: "list[_Element]") -> Iterator[Cell]:
        """Yield the cells of a row; those covered from the left belong to the cell there."""
        beside = 0
        for cell in row:
            repeated = whole_number(attribute(cell, "number-columns-repeated"), 1)
            if local(cell) == "table-cell":
                columns = whole_number(attribute(cell, "number-columns-spanned"), 1)
                beside = columns - 1
                yield from [Cell(self._inner(cell), columns)] * min(max(repeated, 1), MAX_COLUMNS)
            elif beside > 0:
                beside -= repeated
            else:
                yield from [Cell("", continues=True)] * min(max(repeated, 1), MAX_COLUMNS)

    def write_drawn(self, drawn: "_Element") -> None:
        """Write the text and the tables of a drawing; count pictures."""
        if local(drawn) == "g":
            for element in drawn:
                if local(element) in DRAWN:
                    self.write_drawn(element)
            return
        box = child(drawn, "text-box")
        table = child(drawn, "table")
        if table is not None:
            self._table(table)
        elif box is None and child(drawn, "image") is not None:
            self.images += 1
        else:
            self._apart(drawn if box is None else box)

    def _apart(self, container: "_Element") -> None:
        """Write what a box holds, which belongs to no list around it."""
        outside, self._lists = self._lists, []
        self._flow.close()
        self._write(container)
        self._flow.close()
        self._lists = outside

    def _write_notes(self, kind: str) -> None:
        """Write notes, each as a paragraph that says it is one."""
        called, self._called[kind] = self._called[kind], []
        for note in called:
            body = child(note, "note-body")
            text = self._inner(body) if body is not None else ""
            if text:
                self._counts[kind] += 1
                self._page.builder.paragraph(f"{kind.capitalize()} {self._counts[kind]}: {text}")


def _rows(table: "_Element") -> "Iterator[list[_Element]]":
    """Yield the cells of each row, also of rows that are grouped."""
    for element in table:
        if local(element) == "table-row":
            cells = ("table-cell", "covered-table-cell")
            yield [cell for cell in element if local(cell) in cells]
        elif local(element) in ("table-rows", "table-header-rows", "table-row-group"):
            yield from _rows(element)
