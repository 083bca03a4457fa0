"""From the bytes of a text file to characters, whatever encoding they are in.

Order: byte order mark, the NUL pattern of UTF-16, UTF-8, the encoding the file declares, and at
last detection by charset-normalizer. Bytes that are no text are refused, never shown as noise.
"""

import codecs
import re
from pathlib import Path

from ingest.errors import DocumentError

MAX_BYTES = 80_000_000
_SAMPLE = 200_000
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))


def read_text(path: Path, declared: str | None = None) -> tuple[str, tuple[str, ...]]:
    """Return the text of a file with Unix line ends, and notes on what was lost.

    Raises DocumentError where the bytes are no text, OSError where they cannot be read.
    """
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    notes: tuple[str, ...] = ()
    if len(data) > MAX_BYTES:
        data, notes = data[:MAX_BYTES], (f"only its first {MAX_BYTES // 1_000_000} MB were read",)
    text, replaced = decode(data, declared)
    if replaced:
        notes += (f"{replaced} characters could not be decoded",)
    return text, notes


def decode(data: bytes, declared: str | None = None) -> tuple[str, int]:
    """Return the text and how many characters of it had to be replaced.

    ``declared`` is the encoding the file itself names; UTF-8 that is valid goes before it, because
    declarations are often left over from a template. Raises DocumentError for binary data.
    """
    encoding = _marked(data) or _utf16_without_mark(data)
    if encoding is None:
        encoding = _eight_bit(data, declared)
    text = data.decode(encoding, errors="replace")
    replaced = 0 if _decodes(data, encoding) else text.count("\ufffd")
    controls = sum(map(text.count, map(chr, (*range(9), *range(14, 27), *range(28, 32)))))
    if replaced > 0.3 * len(text) or controls > 0.05 * len(text):
        raise DocumentError("not text: it holds binary data")
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_INVISIBLE)
    return text, replaced


def _marked(data: bytes) -> str | None:
    """Return the encoding that a byte order mark names."""
    return next((name for mark, name in _MARKS if data.startswith(mark)), None)


def _utf16_without_mark(data: bytes) -> str | None:
    """Return which UTF-16 the zero bytes of mostly Latin text point to."""
    sample = data[:_SAMPLE]
    even, odd = sample[0::2], sample[1::2]
    if not odd:
        return None
    low, high = even.count(0) / len(even), odd.count(0) / len(odd)
    if high > 0.3 and low < 0.05:
        return "utf-16-le"
    if low > 0.3 and high < 0.05:
        return "utf-16-be"
    return None


def _eight_bit(data: bytes, declared: str | None) -> str:
    """Return the encoding of data that is not UTF-16 or UTF-32."""
    if _nearly_utf8(data):
        return "utf-8"
    if data.count(0) or len(_CONTROLS.findall(data)) > 0.01 * len(data):
        raise DocumentError("not text: it holds binary data")
    if declared and _decodes(data, declared):
        return declared
    return _detected(data)


def _nearly_utf8(data: bytes) -> bool:
    """Tell whether data is UTF-8, but for a few broken characters in many good ones."""
    if _decodes(data, "utf-8"):
        return True
    text = data.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    good = sum(character > "\x7f" for character in text[:_SAMPLE]) - broken
    return good > 10 * broken


def _decodes(data: bytes, encoding: str) -> bool:
    """Tell whether ``encoding`` exists and every byte has a meaning in it."""
    try:
        data.decode(encoding)
    except (LookupError, ValueError):
        return False
    return True


def _detected(data: bytes) -> str:
    """Return the most likely encoding of a legacy text."""
    from charset_normalizer import from_bytes

    matches = from_bytes(data[:_SAMPLE])
    best = matches.best()
    if best is None:
        return "cp1252"
    equal = [match.encoding for match in matches if match.chaos <= best.chaos]
    return "cp1252" if "cp1252" in equal else best.encoding
