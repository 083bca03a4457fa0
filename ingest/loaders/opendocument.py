"""OpenDocument texts, presentations and drawings, packed or flat."""

from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import DocumentError
from ingest.loaders.builder import DocumentBuilder
from ingest.loaders.office_xml import child, descendants
from ingest.loaders.opendocument_body import OpenWriter
from ingest.loaders.opendocument_package import OpenDocument, read_opendocument
from ingest.loaders.opendocument_slides import write_slides
from ingest.loaders.opendocument_styles import OpenStyles
from ingest.types import Document

if TYPE_CHECKING:
    from lxml.etree import _Element

_PAGED = ("presentation", "drawing")


def load(path: Path) -> Document:
    """Read a text, a presentation or a drawing, whatever the suffix says.

    The title is that of its properties, else its first paragraph in the title style, else its first
    heading. Raises DocumentError where it needs a password, is damaged or holds only images.
    """
    source = read_opendocument(path)
    builder = DocumentBuilder()
    writer = OpenWriter(builder, OpenStyles(source.styles, source.content))
    body = _body(source)
    for name in _PAGED:
        paged = child(body, name)
        if paged is not None:
            title = write_slides(paged, builder, writer)
            return _built(source, builder, writer, title)
    text = child(body, "text")
    if text is not None:
        writer.write(text)
    if not builder.text.strip() and source.styles is not None:
        for margin in ("header", "footer"):
            for element in descendants(source.styles, margin):
                writer.write(element)
    return _built(source, builder, writer, writer.title)


def _body(source: OpenDocument) -> "_Element":
    """Return the element that holds the document's kind of content."""
    body = child(source.content, "body")
    if body is None:
        raise DocumentError("damaged: its content is missing")
    return body


def _built(
    source: OpenDocument, builder: DocumentBuilder, writer: OpenWriter, title: str
) -> Document:
    if writer.images and not builder.text.strip():
        raise DocumentError("no text, only images: needs OCR")
    headings = builder.headings
    first = headings[0].title if headings else ""
    return builder.build(source.title or title or first, writer.notes)
