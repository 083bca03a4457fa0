"""One file a format family, each with one function: the path of a file in, a Document out.

A new format is one module with ``load(path) -> Document`` and one line in ``LOADERS``.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ingest.errors import DocumentError
from ingest.loaders import (
    code,
    delimited,
    docx,
    epub,
    html,
    json_data,
    latex,
    mail,
    markdown,
    notebook,
    opendocument,
    opendocument_sheet,
    pdf,
    pptx,
    restructured,
    rtf,
    spreadsheet,
    subtitles,
    text,
    xml_data,
)
from ingest.loaders.builder import MAX_CHARACTERS
from ingest.types import Document

Loader = Callable[[Path], Document]

LOADERS: dict[str, Loader] = {
    ".txt": text.load,
    ".text": text.load,
    ".md": markdown.load,
    ".markdown": markdown.load,
    ".html": html.load,
    ".htm": html.load,
    ".xhtml": html.load,
    ".pdf": pdf.load,
    ".epub": epub.load,
    ".eml": mail.load,
    ".mbox": mail.load_mailbox,
    ".ipynb": notebook.load,
    ".json": json_data.load,
    ".geojson": json_data.load,
    ".jsonl": json_data.load_lines,
    ".ndjson": json_data.load_lines,
    ".xml": xml_data.load,
    ".rss": xml_data.load,
    ".atom": xml_data.load,
    ".opml": xml_data.load,
    ".rst": restructured.load,
    ".rest": restructured.load,
    ".tex": latex.load,
    ".srt": subtitles.load,
    ".vtt": subtitles.load,
    ".log": text.load,
    ".docx": docx.load,
    ".docm": docx.load,
    ".dotx": docx.load,
    ".dotm": docx.load,
    ".pptx": pptx.load,
    ".pptm": pptx.load,
    ".ppsx": pptx.load,
    ".ppsm": pptx.load,
    ".potx": pptx.load,
    ".potm": pptx.load,
    ".rtf": rtf.load,
    ".xlsx": spreadsheet.load,
    ".xlsm": spreadsheet.load,
    ".xltx": spreadsheet.load,
    ".xltm": spreadsheet.load,
    ".xlsb": spreadsheet.load,
    ".xls": spreadsheet.load,
    ".xlt": spreadsheet.load,
    ".odt": opendocument.load,
    ".ott": opendocument.load,
    ".fodt": opendocument.load,
    ".odp": opendocument.load,
    ".otp": opendocument.load,
    ".fodp": opendocument.load,
    ".odg": opendocument.load,
    ".ods": opendocument_sheet.load,
    ".ots": opendocument_sheet.load,
    ".fods": opendocument_sheet.load,
    ".csv": delimited.load,
    ".tsv": delimited.load,
    ".tab": delimited.load,
    **dict.fromkeys(code.SUFFIXES, code.load),
}
SUFFIXES = frozenset(LOADERS)
_REPLACED = str.maketrans(
    dict.fromkeys(map(chr, (*range(9), *range(14, 32), *range(127, 160))), " ")
    | dict.fromkeys("\u00a0\u2007\u202f", " ")
    | dict.fromkeys("\v\f\r\u0085\u2028\u2029", "\n")
    | dict.fromkeys(map(chr, range(0xD800, 0xE000)), "\ufffd")
)


def load(path: Path) -> Document:
    """Read a file with the loader of its suffix.

    Raises DocumentError with the reason where the file gives no text; MemoryError is left to the
    caller, who knows the limit. The text holds no control characters but line ends and tabs, and
    no lone surrogates.
    """
    loader = LOADERS.get(path.suffix.lower())
    if loader is None:
        raise DocumentError(f"unknown format {path.suffix or '(no suffix)'}")
    try:
        if path.stat().st_size == 0:
            raise DocumentError("empty")
        document = loader(path)
    except OSError as error:
        raise DocumentError(f"cannot be read: {error.strerror or error}") from error
    except RecursionError as error:
        raise DocumentError("damaged: its parts are nested too deeply") from error
    except (DocumentError, MemoryError):
        raise
    except Exception as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise DocumentError(f"damaged: {reason}") from error
    return _finished(document, path)


def _finished(document: Document, path: Path) -> Document:
    """Return the document with clean characters, a title, and at most MAX_CHARACTERS."""
    body = document.text.translate(_REPLACED)
    if not body.strip():
        raise DocumentError("empty")
    title = " ".join(document.title.translate(_REPLACED).split())[:200]
    document = replace(document, text=body, title=title or _named(path))
    return document if len(body) <= MAX_CHARACTERS else _cut(document, MAX_CHARACTERS)


def _named(path: Path) -> str:
    """Return a title made of the file's name."""
    return path.stem.replace("_", " ").strip().translate(_REPLACED) or path.name


def _cut(document: Document, length: int) -> Document:
    """Return the first ``length`` characters of a document, and a note that says so."""
    return replace(
        document,
        text=document.text[:length],
        pages=tuple(
            replace(page, end=min(page.end, length))
            for page in document.pages
            if page.start < length
        ),
        headings=tuple(heading for heading in document.headings if heading.start < length),
        solid=tuple(
            replace(span, end=min(span.end, length))
            for span in document.solid
            if span.start < length
        ),
        notes=(*document.notes, f"only its first {length:,} characters were kept"),
    )
