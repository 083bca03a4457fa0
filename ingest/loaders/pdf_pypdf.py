"""Reading the lines of a PDF with pypdf: slower, but opens some files that PDFium does not."""

from io import BytesIO
from typing import TYPE_CHECKING, Any

from ingest.errors import DocumentError
from ingest.loaders.pdf_lines import MAX_PAGE_CHARACTERS, MAX_PAGES, PASSWORD, Line, PdfLines

if TYPE_CHECKING:
    import pypdf


def read_with_pypdf(data: bytes) -> PdfLines:
    """Read a PDF with pypdf, which knows no places: they are counted in characters and lines.

    Raises DocumentError for a password or where nothing can be read.
    """
    import pypdf
    import pypdf.filters

    pypdf.filters.JBIG2DEC_BINARY = None  # never start a program of the system
    try:
        book = pypdf.PdfReader(BytesIO(data))
        if book.is_encrypted and not book.decrypt(""):
            raise DocumentError(PASSWORD)
        total = len(book.pages)
    except DocumentError:
        raise
    except pypdf.errors.DependencyError as error:
        raise DocumentError(PASSWORD) from error
    except Exception as error:
        raise DocumentError(f"damaged PDF: {' '.join(str(error).split())[:150]}") from error
    pages = []
    lost = []
    for number in range(min(total, MAX_PAGES)):
        try:
            pages.append(_pypdf_page(book, number))
        except (MemoryError, RecursionError):
            raise
        except Exception:  # a page that pypdf cannot read is named in the notes
            pages.append(())
            lost.append(number)
    return PdfLines(_pypdf_title(book), total, tuple(pages), lost=tuple(lost))


def _pypdf_page(book: "pypdf.PdfReader", number: int) -> tuple[Line, ...]:
    """Return the lines of one page; a blank line shows as a gap between two others."""
    lines = []
    text = book.pages[number].extract_text()[:MAX_PAGE_CHARACTERS]
    for row, raw in enumerate(text.split("\n")):
        words = raw.strip()
        if words:
            left = float(len(raw) - len(raw.lstrip()))
            place = float(row)
            lines.append(Line(words, left, left + len(words), place, place, size=1.0))
    return tuple(lines)


def _pypdf_title(book: "pypdf.PdfReader") -> str:
    """Return the title of the file's metadata, or nothing where it is broken."""
    try:
        title: Any = book.metadata.title if book.metadata else ""
    except Exception:  # metadata is a nicety, its errors are no reason to lose the text
        return ""
    return str(title or "")
