"""XML: documents (DocBook, TEI, JATS and their like) as prose, data as records.

A file is a document where it holds paragraphs of a name that such formats use, or text between the
elements; else its elements are fields with values. No entity is expanded, nothing else is loaded.
"""

import html
import re
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import DocumentError
from ingest.loaders.builder import DocumentBuilder
from ingest.loaders.decoding import read_text
from ingest.loaders.html import write_fragment
from ingest.loaders.record import MAX_DEPTH, Fields, RecordWriter, Value
from ingest.loaders.xml_parsing import safe_parser
from ingest.loaders.xml_prose import PARAGRAPHS, ProseWriter, element_name, own_title
from ingest.types import Document

if TYPE_CHECKING:
    from lxml.etree import _Element

_MAX_ELEMENTS = 3_000_000
_DECLARED = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([\w.:-]{2,40})["']""")
_DECLARATION = re.compile(r"\s*<\?xml\s[^>]*\?>")
_NAMED_CHARACTER = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z]\w{1,30};")
_MARKUP = re.compile(r"</?(?:p|br|div|a|b|i|em|strong|ul|li|h[1-6]|img|span|table)\b[^<>]*>", re.I)
_QUIET = frozenset({"id", "class", "style", "lang", "base", "space", "schemaLocation", "nil"})


def load(path: Path) -> Document:
    """Read an XML file; its title is that of the outermost element that has one.

    What follows a damaged place is read as far as a parser can, with a note.
    """
    with path.open("rb") as file:
        declared = _DECLARED.search(file.read(200))
    source, notes = read_text(path, declared[1].decode("ascii") if declared else None)
    if not source.strip():
        return Document(title="", text="")
    root, damaged = _parsed(source)
    if damaged:
        notes += (f"damaged XML, read as far as possible ({damaged})",)
    builder = DocumentBuilder()
    records = RecordWriter(builder)
    if element_name(root) == "html":
        write_fragment(source, builder)
    elif _is_prose(root):
        ProseWriter(builder).write(root)
    else:
        records.write(_value(root), element_name(root))
    title = own_title(root) or next(filter(None, map(own_title, root)), "")
    return builder.build(title, (*notes, *records.notes))


def _parsed(source: str) -> "tuple[_Element, str]":
    """Return the root element, and what is wrong with the file where something is."""
    from lxml import etree

    if source.count("<") > 2 * _MAX_ELEMENTS:
        raise DocumentError(f"too large: more than {_MAX_ELEMENTS:,} elements")
    source = _NAMED_CHARACTER.sub(lambda m: html.unescape(m[0]), _DECLARATION.sub("", source, 1))
    parser = safe_parser("utf-8", recover=True)
    root = etree.fromstring(source.encode("utf-8", "replace"), parser)
    errors = [e for e in parser.error_log if e.level > etree.ErrorLevels.WARNING]
    reason = f"line {errors[0].line}: {' '.join(errors[0].message.split())[:80]}" if errors else ""
    if root is None:
        raise DocumentError(f"damaged: not XML ({reason})" if reason else "damaged: not XML")
    return root, reason


def _is_prose(root: "_Element") -> bool:
    """Tell whether the elements hold running text."""
    for element in root.iter("{*}*"):
        if element_name(element) in PARAGRAPHS:
            return True
        if len(element) and (element.text or "").strip() and len(element.text or "") > 20:
            return True
    return False


def _value(element: "_Element", depth: int = 0) -> Value:
    """Return an element as a text, as fields, or as a list where all its children are alike."""
    if depth > MAX_DEPTH:
        raise DocumentError("damaged: its parts are nested too deeply")
    text = _own_text(element)
    own = [(name, value) for name, value in _attributes(element) if value]
    children = _grouped(
        (element_name(child), _value(child, depth + 1)) for child in element if element_name(child)
    )
    if not children and not own:
        return text
    if len(children) == 1 and not own and not text and isinstance(children[0][1], list):
        return children[0][1]
    return Fields((*own, *((("", text),) if text else ()), *children))


def _grouped(children: Iterator[tuple[str, Value]]) -> list[tuple[str, Value]]:
    """Return the children, those of one name that follow one another as one list."""
    grouped: list[tuple[str, Value]] = []
    for name, run in groupby(children, key=itemgetter(0)):
        values = [value for _, value in run]
        grouped.append((name, values if len(values) > 1 else values[0]))
    return grouped


def _attributes(element: "_Element") -> Iterator[tuple[str, str]]:
    """Yield the attributes that say something to a person."""
    for key, value in element.attrib.items():
        name = str(key).rpartition("}")[2]
        if name not in _QUIET:
            yield name, str(value)


def _own_text(element: "_Element") -> str:
    """Return the text of an element itself; HTML in it, as feeds have it, as it reads."""
    parts = [element.text or ""]
    for child in element:
        parts += ["" if element_name(child) else child.text or "", child.tail or ""]
    text = "".join(parts).strip()
    if not _MARKUP.search(text):
        return text
    builder = DocumentBuilder()
    write_fragment(text, builder)
    return builder.text
