"""Rich Text Format: paragraphs, lists, tables and notes, by the control words that set them."""

from pathlib import Path

from ingest.errors import DocumentError
from ingest.loaders import docx, text
from ingest.loaders.builder import DocumentBuilder
from ingest.loaders.rtf_reader import RtfReader
from ingest.loaders.rtf_writer import RtfWriter
from ingest.types import Document

MAX_BYTES = 200_000_000
_MARK = b"{\\rtf"
_ZIP_MARK = b"PK\x03\x04"


def load(path: Path) -> Document:
    """Read an RTF file; one that is only called so is read as what it is.

    The title is that of its properties, else its first paragraph in the title style, else its first
    heading. Raises DocumentError where it is too large, holds only images or is no text at all.
    """
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise DocumentError(f"too large: more than {MAX_BYTES // 1_000_000} MB")
    if data.startswith(_ZIP_MARK):
        return docx.load(path)
    start = data.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start.startswith(_MARK):
        return text.load(path)
    builder = DocumentBuilder()
    writer = RtfWriter(builder)
    RtfReader(start.decode("latin-1"), writer).read()
    if writer.images and not builder.text.strip():
        raise DocumentError("no text, only images: needs OCR")
    headings = builder.headings
    title = writer.title_given or writer.title or (headings[0].title if headings else "")
    return builder.build(title, writer.notes)
