"""What a person filled into the form of a PDF; it is no part of the text of its pages."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

MAX_FIELDS = 10_000


def filled_fields(data: bytes, pages: int) -> dict[int, list[str]]:
    """Return "name: value" of each field with a value, by page from 0, for so many pages.

    A form that cannot be read gives no fields: the text of the pages does not depend on it.
    """
    import pypdf

    found: dict[int, list[str]] = {}
    try:
        book = pypdf.PdfReader(BytesIO(data))
        if book.is_encrypted:
            book.decrypt("")
        for number in range(min(pages, len(book.pages))):
            lines = list(dict.fromkeys(_fields(book.pages[number])))
            if lines:
                found[number] = lines[:MAX_FIELDS]
    except (MemoryError, RecursionError):
        raise
    except Exception:  # pypdf raises much besides its own errors on broken forms
        return found
    return found


def _fields(page: Any) -> Iterator[str]:
    """Yield the fields of one page that hold a value."""
    for reference in page.get("/Annots") or ():
        widget = reference.get_object()
        if widget.get("/Subtype") != "/Widget":
            continue
        name = _inherited(widget, "/TU") or _inherited(widget, "/T")
        value = " ".join(_inherited(widget, "/V").removeprefix("/").split())
        if value and value != "Off":
            yield f"{name}: {value}" if name else value


def _inherited(field: Any, key: str) -> str:
    """Return an entry of a field or of the field it belongs to."""
    for _ in range(8):
        if key in field:
            value = field[key].get_object() if hasattr(field[key], "get_object") else field[key]
            return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        if "/Parent" not in field:
            break
        field = field["/Parent"].get_object()
    return ""
