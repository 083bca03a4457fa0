"""EPUB: the chapters of an e-book in the order of its spine.

Each item is read once, however often the spine names it; the book's own table of contents, whose
lines would only repeat its headings, is left out.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from ingest.errors import DocumentError
from ingest.loaders.builder import DocumentBuilder
from ingest.loaders.decoding import decode
from ingest.loaders.html import write_fragment
from ingest.loaders.zip_package import ZipPackage, open_package
from ingest.types import Document

if TYPE_CHECKING:
    from lxml.etree import _Element

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_FONT_MASKS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_PAGES = frozenset({"application/xhtml+xml", "text/html", "text/x-oeb1-document"})
_PAGE_NAMES = (".xhtml", ".html", ".htm")
_MAX_CHAPTER = 20_000_000  # bytes
_DECLARED = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([\w.:-]{2,40})["']""")
_CLOSED_AT_ONCE = re.compile(r"<([A-Za-z][\w:-]*)((?:\s[^<>]*?)?)/>")
_VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()
)  # the elements that HTML never closes


@dataclass(frozen=True, slots=True)
class _Book:
    """What the package file says: the metadata that is shown, and the chapters' members."""

    title: str
    authors: tuple[str, ...]
    chapters: tuple[str, ...]
    pictures: int


def load(path: Path) -> Document:
    """Read an e-book; its title is that of its metadata, its first line names the authors.

    Raises DocumentError where it is encrypted, damaged, or holds pictures only.
    """
    with open_package(path) as package:
        place = _package_file(package)
        book = _book(package.xml(place), posixpath.dirname(place))
        _refuse_encrypted(package, book)
        builder = DocumentBuilder()
        if book.authors:
            builder.paragraph("Author: " + ", ".join(book.authors))
        before = builder.text
        notes = tuple(_write_chapters(package, book, builder))
    if builder.text == before:
        raise DocumentError("no text: its pages are pictures or empty")
    title = book.title or (builder.headings[0].title if builder.headings else "")
    return builder.build(title, notes)


def _package_file(package: ZipPackage) -> str:
    """Return the name of the OPF file that the container names, else of the first there is."""
    if _CONTAINER in package:
        for element in package.xml(_CONTAINER).iter("{*}rootfile"):
            name = unquote(element.get("full-path") or "")
            if name in package:
                return name
    name = next((name for name in package.names if name.lower().endswith(".opf")), "")
    if not name:
        raise DocumentError("damaged: it names no chapters (its OPF file is missing)")
    return name


def _book(root: "_Element", folder: str) -> _Book:
    """Return what a package file says; ``folder`` is where its own references start."""
    items = {item.get("id"): item for item in root.iter("{*}item") if item.get("href")}
    contents = {
        _member(folder, reference.get("href") or "")
        for reference in root.iter("{*}reference")
        if (reference.get("type") or "").lower() == "toc"
    }
    chapters: dict[str, None] = {}
    pictures = 0
    for reference in root.iter("{*}itemref"):
        item = items.get(reference.get("idref"))
        if item is None:
            continue
        name = _member(folder, item.get("href") or "")
        if not _is_page(item, name):
            pictures += 1
        elif "nav" not in (item.get("properties") or "").split() and name not in contents:
            chapters[name] = None
    titles, authors = (list(_metadata(root, name)) for name in ("title", "creator"))
    return _Book(titles[0] if titles else "", tuple(authors[:20]), tuple(chapters), pictures)


def _metadata(root: "_Element", name: str) -> Iterator[str]:
    """Yield the values of one Dublin Core element."""
    for element in root.iter("{http://purl.org/dc/elements/1.1/}" + name):
        value = " ".join("".join(element.itertext()).split())
        if value:
            yield value


def _member(folder: str, href: str) -> str:
    """Return the name of the member that a reference points to."""
    name = unquote(href.partition("#")[0])
    return posixpath.normpath(posixpath.join(folder, name)).lstrip("/")


def _is_page(item: "_Element", name: str) -> bool:
    """Tell whether a manifest item is a page of text."""
    kind = (item.get("media-type") or "").lower()
    return kind in _PAGES or name.lower().endswith(_PAGE_NAMES)


def _refuse_encrypted(package: ZipPackage, book: _Book) -> None:
    """Raise DocumentError where a chapter is encrypted; masked fonts do no harm."""
    if _ENCRYPTION not in package:
        return
    hidden = set()
    for data in package.xml(_ENCRYPTION).iter("{*}EncryptedData"):
        method = next((m.get("Algorithm") for m in data.iter("{*}EncryptionMethod")), None)
        if method not in _FONT_MASKS:
            hidden |= {_member("", r.get("URI") or "") for r in data.iter("{*}CipherReference")}
    if not hidden.isdisjoint(book.chapters):
        raise DocumentError("encrypted: the book is protected by its shop (DRM)")


def _write_chapters(package: ZipPackage, book: _Book, builder: DocumentBuilder) -> Iterator[str]:
    """Write the chapters in order; yield notes on what could not be read."""
    lost = 0
    for name in book.chapters:
        if builder.full:
            break
        if name not in package:
            lost += 1
            continue
        data = package.read(name)
        if len(data) > _MAX_CHAPTER:
            yield f"only the first {_MAX_CHAPTER // 1_000_000} MB of {name} were read"
        _write_chapter(data[:_MAX_CHAPTER], builder)
    if lost:
        yield f"{lost} of {len(book.chapters)} chapters are missing from the file"
    if book.pictures:
        yield f"{book.pictures} pages are pictures without text"


def _write_chapter(data: bytes, builder: DocumentBuilder) -> None:
    """Write one chapter, an XHTML file."""
    declared = _DECLARED.search(data[:200])
    source, _ = decode(data, declared[1].decode("ascii") if declared else None)
    write_fragment(_CLOSED_AT_ONCE.sub(_opened_and_closed, source), builder)


def _opened_and_closed(match: re.Match[str]) -> str:
    """Return ``<a id="x"/>`` as ``<a id="x"></a>``: HTML knows no element that closes itself."""
    name, attributes = match.groups()
    return match[0] if name.lower() in _VOID else f"<{name}{attributes}></{name}>"
