"""Word documents (DOCX, DOCM and their templates), read from the XML of their package."""

from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import DocumentError
from ingest.loaders.builder import DocumentBuilder
from ingest.loaders.docx_body import DocxWriter
from ingest.loaders.docx_numbering import Numbering
from ingest.loaders.docx_package import DocxPackage
from ingest.loaders.docx_styles import Styles
from ingest.loaders.office_xml import child, core_title, counted
from ingest.loaders.zip_package import open_package
from ingest.types import Document

if TYPE_CHECKING:
    from lxml.etree import _Element


def load(path: Path) -> Document:
    """Read a Word document.

    The title is that of its properties, else its first paragraph in the title style, else its first
    heading. Raises DocumentError where it needs a password, is damaged or holds only images.
    """
    with open_package(path) as package:
        parts = DocxPackage(package)
        styles = Styles(parts.root_of("styles"))
        builder = DocumentBuilder()
        writer = DocxWriter(builder, parts, styles, _numbering(parts, styles))
        writer.write_body(child(parts.document, "body"))
        if not builder.text.strip():
            writer.write_margins()
        comments = parts.elements_of("comments", "comment")
        notes = writer.notes + counted(len(comments), "comment", "left out")
        title = core_title(package) or writer.title
    if writer.images and not builder.text.strip():
        raise DocumentError("no text, only images: needs OCR")
    headings = builder.headings
    return builder.build(title or (headings[0].title if headings else ""), notes)


def _numbering(parts: DocxPackage, styles: Styles) -> Numbering:
    def list_of_style(style_id: str) -> str | None:
        numbered = styles.numbered(style_id)
        return numbered.list_id if numbered is not None else None

    root: _Element | None = parts.root_of("numbering")
    return Numbering(root, list_of_style)
