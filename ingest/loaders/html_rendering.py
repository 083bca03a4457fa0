"""Turning HTML elements into paragraphs, headings, lists, tables and code."""

import re
from collections.abc import Callable, Iterator

from selectolax.lexbor import LexborNode

from ingest.loaders.builder import DocumentBuilder

MAX_DEPTH = 150  # below it, elements give their text without structure
_BLOCKS = frozenset(
    "address article aside blockquote caption center details dialog dd div dl fieldset figcaption "
    "figure footer form header hgroup legend main nav p section summary tbody td tfoot th thead "
    "tr".split()
)
_ADMONITIONS = {"note", "tip", "warning", "caution", "important", "admonition", "attention"}
_ANCHORS = {"§", "¶", "#", "🔗"}  # links to the place they stand at
_SPACES = re.compile(r"[ \t\f\v\u00a0]+")
_BREAK = re.compile(r" *\n *")
_WHITESPACE = re.compile(r"\s+")
_LONG_CELL = 600  # a table with longer cells than this arranges a page, it lists no data


class HtmlRenderer:
    """Writes elements into a DocumentBuilder; inline text is gathered until a block ends."""

    def __init__(self, builder: DocumentBuilder) -> None:
        self._builder = builder
        self._inline: list[str] = []
        self._depth = 0
        self._boxed = False
        self._numbers: list[int | None] = []
        self._handlers: dict[str, Callable[[LexborNode], None]] = {
            "-text": self._text,
            "br": self._line_break,
            "hr": lambda node: self._flush(),
            "pre": self._pre,
            "table": self._table,
            "ul": self._list,
            "ol": self._list,
            "menu": self._list,
            "li": self._item,
            "dt": self._term,
            "sup": self._superscript,
            "a": self._link,
            **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), self._heading),
        }

    def render(self, root: LexborNode) -> None:
        """Write all that is inside ``root``."""
        self._children(root)
        self._flush()

    def _children(self, node: LexborNode) -> None:
        self._depth += 1
        for child in node.iter(include_text=True):
            handler = self._handlers.get(child.tag or "")
            if handler is not None:
                handler(child)
            elif self._depth > MAX_DEPTH:
                self._inline.append(_WHITESPACE.sub(" ", child.text(deep=True)))
            elif child.tag in _BLOCKS:
                self._block(child)
            else:
                self._children(child)
        self._depth -= 1

    def _block(self, node: LexborNode) -> None:
        outside = self._boxed
        classes = (node.attributes.get("class") or "").split()
        self._boxed = outside or not _ADMONITIONS.isdisjoint(classes)
        self._flush()
        self._children(node)
        self._flush()
        self._boxed = outside

    def _text(self, node: LexborNode) -> None:
        self._inline.append(_WHITESPACE.sub(" ", node.text_content or ""))

    def _line_break(self, node: LexborNode) -> None:
        self._inline.append("\n")

    def _link(self, node: LexborNode) -> None:
        if node.text(deep=True).strip() not in _ANCHORS and not _is_note_mark(node, "sup"):
            self._children(node)

    def _superscript(self, node: LexborNode) -> None:
        if _is_note_mark(node, "a"):
            return
        if self._inline and self._inline[-1][-1:].isalnum() and node.text().strip().isdigit():
            self._inline.append("^")
        self._children(node)

    def _flush(self) -> None:
        text = _SPACES.sub(" ", "".join(self._inline))
        self._inline.clear()
        self._builder.paragraph(_BREAK.sub("\n", text).strip())

    def _heading(self, node: LexborNode) -> None:
        self._flush()
        title = _WHITESPACE.sub(" ", node.text(deep=True)).strip()
        if self._boxed:
            self._builder.paragraph(title)
            self._builder.tie()
        else:
            self._builder.heading(int((node.tag or "h6")[1]), title)

    def _pre(self, node: LexborNode) -> None:
        self._flush()
        lines = [line.rstrip() for line in node.text(deep=True).splitlines()]
        self._builder.solid("\n".join(lines).strip("\n"))

    def _list(self, node: LexborNode) -> None:
        self._flush()
        self._numbers.append(_first_number(node) if node.tag == "ol" else None)
        self._builder.open_list()
        self._children(node)
        self._flush()
        self._builder.close_list()
        self._numbers.pop()

    def _item(self, node: LexborNode) -> None:
        self._flush()
        number = self._numbers[-1] if self._numbers else None
        if number is not None:
            self._numbers[-1] = number + 1
        self._builder.open_item("- " if number is None else f"{number}. ")
        self._children(node)
        self._flush()

    def _term(self, node: LexborNode) -> None:
        self._flush()
        before = node.prev
        while before is not None and before.tag == "-text":
            before = before.prev
        if before is None or before.tag != "dt":
            self._builder.part()
        self._children(node)
        self._flush()
        self._builder.tie()

    def _table(self, node: LexborNode) -> None:
        self._flush()
        rows = list(_rows(node))
        texts = [[_cell(cell) for cell in row] for row in rows]
        if _arranges_page(node, texts):
            for cell in (cell for row in rows for cell in row):
                self._block(cell)
            return
        caption = node.css_first("caption")
        if caption is not None:
            self._builder.paragraph(_joined(caption.text()))
        self._builder.solid("\n".join(" | ".join(cells) for cells in texts if any(cells)))


def _joined(text: str) -> str:
    """Return text on one line, with single blanks."""
    return _WHITESPACE.sub(" ", text).strip()


def _is_note_mark(node: LexborNode, inner: str) -> bool:
    """Tell whether a raised link is the number of a footnote, which would read as an exponent."""
    number = node.text(deep=True).strip().strip("[]")
    return number.isdigit() and node.css_first(inner) is not None


def _first_number(node: LexborNode) -> int:
    """Return the number of an ordered list's first item."""
    start = node.attributes.get("start") or ""
    return int(start) if start.isascii() and start.isdigit() and len(start) < 10 else 1


def _rows(table: LexborNode) -> Iterator[list[LexborNode]]:
    """Yield the cells of each row of a table, not those of tables inside it."""
    for child in table.iter():
        if child.tag in ("thead", "tbody", "tfoot"):
            yield from _rows(child)
        elif child.tag == "tr":
            yield [cell for cell in child.iter() if cell.tag in ("td", "th")]


def _cell(cell: LexborNode) -> str:
    """Return a cell's text on one line; its paragraphs are set off by dashes."""
    if all(child.tag not in _BLOCKS for child in cell.iter()):
        return _joined(cell.text(deep=True))
    builder = DocumentBuilder()
    HtmlRenderer(builder).render(cell)
    return " — ".join(map(_joined, builder.text.split("\n\n")))


def _arranges_page(table: LexborNode, texts: list[list[str]]) -> bool:
    """Tell whether a table only places other content on the page."""
    if table.attributes.get("role") == "presentation" or len(table.css("table")) > 1:
        return True
    cells = [text for row in texts for text in row]
    return len(cells) < 2 or max(map(len, cells)) > _LONG_CELL
