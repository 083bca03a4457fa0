"""XML documents as text: titles as headings, paragraphs, lists, tables and code as such.

The names are those of DocBook, TEI, JATS, RFC XML and DITA, which share most of them; an unknown
element is a paragraph where it holds text, else a container.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.loaders.builder import DocumentBuilder

if TYPE_CHECKING:
    from lxml.etree import _Element

PARAGRAPHS = frozenset("p para simpara ab t l shortdesc cmd".split())
TITLES = frozenset("title head heading article-title refname".split())
_FRONT = frozenset(
    "info bookinfo articleinfo chapterinfo sectioninfo front article-meta title-group teiHeader "
    "fileDesc titleStmt refnamediv".split()
)
_CODE = frozenset("programlisting screen literallayout synopsis eg codeblock pre artwork".split())
_NUMBERED = frozenset("orderedlist ol procedure substeps steps".split())
_LISTS = frozenset("itemizedlist simplelist list ul calloutlist".split()) | _NUMBERED
_ITEMS = frozenset("listitem item li step member callout list-item".split())
_TERMS = frozenset("term dt glossterm".split())
_TABLES = frozenset("table informaltable table-wrap simpletable".split())
_ROWS = frozenset("row tr strow sthead".split())
_CELLS = frozenset("entry td th cell stentry".split())
_BOXES = frozenset(
    "figure example note warning tip caution important sidebar fig boxed-text formalpara "
    "blockquote step equation".split()
)
_BLOCKS = PARAGRAPHS | TITLES | _CODE | _LISTS | _TERMS | _TABLES | _BOXES | _ITEMS
_ASIDE = frozenset({"footnote", "fn"})
_SILENT = frozenset("indexterm style script index math".split())
_BREAKS = frozenset({"br", "lb"})
_SHORT = 300  # characters that an element without blocks may have to be one paragraph
_LOWEST = 6  # level of headings


class ProseWriter:
    """Writes elements into a DocumentBuilder; inline text is gathered until a block begins."""

    def __init__(self, builder: DocumentBuilder) -> None:
        self._builder = builder
        self._inline: list[str] = []
        self._titles: set[_Element] = set()

    def write(self, element: "_Element", level: int = 1) -> None:
        """Write an element with all that is inside it; ``level`` is that of its title."""
        title = _title(element)
        if title is not None and title not in self._titles:
            self._titles.add(title)
            self._open(element, _text(title), level)
            level += 1
        self._inline.append(element.text or "")
        for child in element:
            if child in self._titles or element_name(child) in _SILENT:
                pass
            elif self._is_block(child, element):
                self._flush()
                self._block(child, level)
            else:
                self._inline.extend(_inline_words(child))
            self._inline.append(child.tail or "")
        self._flush()

    def _open(self, element: "_Element", title: str, level: int) -> None:
        """Write a title: a heading, or a line above a box, a list or an item."""
        if element_name(element) in _BOXES | _LISTS | _ITEMS:
            self._builder.paragraph(title)
            self._builder.tie()
        else:
            self._builder.heading(min(level, _LOWEST), title)

    def _flush(self) -> None:
        self._builder.paragraph(" ".join("".join(self._inline).split()))
        self._inline.clear()

    def _block(self, element: "_Element", level: int) -> None:
        name = element_name(element)
        if name in _CODE:
            lines = [line.rstrip() for line in _raw(element).splitlines()]
            self._builder.solid("\n".join(lines).strip("\n"))
        elif name in _LISTS:
            self._list(element, level)
        elif name in _TABLES and any(element_name(e) in _ROWS for e in element.iter("{*}*")):
            self._table(element)
        elif name in _TERMS:
            self._builder.part()
            self._builder.paragraph(_text(element))
            self._builder.tie()
        elif name == "l":
            self._verse(element)
        elif _is_phrase(element):
            self._builder.paragraph(" ".join(_spaced(element).split()))
        else:
            self.write(element, level)

    def _verse(self, element: "_Element") -> None:
        before = element.getprevious()
        if before is not None and element_name(before) == "l":
            self._builder.tie()
        self._builder.paragraph(_text(element))

    def _list(self, element: "_Element", level: int) -> None:
        numbered = element_name(element) in _NUMBERED
        title = _title(element)
        if title is not None:
            self._titles.add(title)
            self._open(element, _text(title), level)
        self._builder.open_list()
        number = 0
        for child in element:
            if child not in self._titles and element_name(child) not in _SILENT | {""}:
                number += 1
                self._builder.open_item(f"{number}. " if numbered else "- ")
                self.write(child, level)
        self._builder.close_list()

    def _table(self, element: "_Element") -> None:
        title = _title(element)
        caption = element.find("{*}caption")
        for above in (title, caption):
            if above is not None:
                self._builder.paragraph(_text(above))
        rows = (e for e in element.iter("{*}*") if element_name(e) in _ROWS)
        texts = ([_text(cell) for cell in row if element_name(cell) in _CELLS] for row in rows)
        self._builder.solid("\n".join(" | ".join(cells) for cells in texts if any(cells)))

    def _is_block(self, child: "_Element", element: "_Element") -> bool:
        """Tell whether a child stands on lines of its own."""
        name = element_name(child)
        if not name or name in _ASIDE:
            return False
        if name in _BLOCKS:
            return True
        if element_name(element) in PARAGRAPHS or _is_mixed(element):
            return any(element_name(e) in _BLOCKS for e in child.iter("{*}*"))
        return True


def element_name(element: "_Element") -> str:
    """Return an element's name without its namespace; empty for an entity."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def own_title(element: "_Element") -> str:
    """Return the title of an element, empty where it has none."""
    title = _title(element)
    return _text(title) if title is not None else ""


def _title(element: "_Element") -> "_Element | None":
    """Return the child that is the title, also where it lies in the front matter."""
    for child in element:
        name = element_name(child)
        if name in TITLES and 0 < len(_text(child)) <= _SHORT:
            return child
        if name in _FRONT:
            inner = _title(child)
            if inner is not None:
                return inner
    return None


def _is_mixed(element: "_Element") -> bool:
    """Tell whether text stands between the children of an element."""
    return bool((element.text or "").strip()) or any((e.tail or "").strip() for e in element)


def _is_phrase(element: "_Element") -> bool:
    """Tell whether an element without text of its own is few words in parts, such as a name."""
    if not len(element) or _is_mixed(element):
        return False
    size = 0
    for inner in element.iter("{*}*"):
        size += len(inner.text or "")
        if size > _SHORT or (inner is not element and element_name(inner) in _BLOCKS):
            return False
    return True


def _text(element: "_Element") -> str:
    """Return the words of an element on one line, footnotes in brackets."""
    return " ".join("".join(_words(element)).split())


def _words(element: "_Element") -> Iterator[str]:
    """Yield the text of an element and of what lies inside it."""
    yield element.text or ""
    for child in element:
        if element_name(child) not in _SILENT:
            yield from _inline_words(child)
        yield child.tail or ""


def _inline_words(element: "_Element") -> Iterator[str]:
    """Yield the words of an element inside a line."""
    name = element_name(element)
    if name in _ASIDE:
        yield f" ({_text(element)})"
    else:
        yield from _words(element)
        if name in PARAGRAPHS or name in _BREAKS:
            yield " "


def _spaced(element: "_Element") -> str:
    """Return the text of an element's parts with blanks between them."""
    return " ".join(str(part) for part in element.itertext())


def _raw(element: "_Element") -> str:
    """Return the text of an element as it stands."""
    return "".join(str(part) for part in element.itertext())
