"""The header of an e-mail, in the form that a person reads."""

from collections.abc import Iterator
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import parsedate_to_datetime

from ingest.errors import DocumentError
from ingest.loaders.decoding import decode

_LONGEST = 20_000  # characters of a header before it is decoded
_MOST_SHOWN = 600  # characters of a list of addresses
_LONGEST_SUBJECT = 300
_SHOWN = ("From", "To", "Cc", "Date")
_MONTHS = (
    "January February March April May June July August September October November December".split()
)


def subject(message: Message) -> str:
    """Return the subject with its encoded words decoded."""
    return _value(message, "Subject")[:_LONGEST_SUBJECT]


def header_lines(message: Message) -> Iterator[str]:
    """Yield sender, recipients and date, each a line."""
    for name in _SHOWN:
        value = _value(message, name)
        if name == "Date":
            value = _date(value)
        elif len(value) > _MOST_SHOWN:
            shown = value[:_MOST_SHOWN].rpartition(",")[0] or value[:_MOST_SHOWN]
            value = f"{shown} and others"
        if value:
            yield f"{name}: {value}"


def file_name(part: Message) -> str:
    """Return the name of an attached file, without folders; empty where it has none."""
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError, TypeError):
        name = ""
    return decoded(name).replace("\\", "/").rpartition("/")[2][:100]


def decoded(raw: str) -> str:
    """Return a header on one line, its encoded words and 8-bit characters decoded."""
    raw = raw[:_LONGEST]
    try:
        words = decode_header(raw)
    except (HeaderParseError, ValueError):
        words = [(raw, None)]
    return " ".join("".join(_word(word, charset) for word, charset in words).split())


def _value(message: Message, name: str) -> str:
    """Return the first header of a name, decoded."""
    wanted = name.lower()
    raw = next((value for key, value in message.raw_items() if key.lower() == wanted), "")
    return decoded(str(raw))


def _word(word: bytes | str, charset: str | None) -> str:
    """Return the characters of one part of a header."""
    if isinstance(word, str):
        if word.isascii():
            return word
        word = word.encode("utf-8", "surrogateescape")
    try:
        return word.decode(charset or "utf-8")
    except (LookupError, ValueError):
        pass
    try:
        return decode(word)[0]
    except DocumentError:
        return word.decode("latin-1")


def _date(value: str) -> str:
    """Return a date as ``3 May 2026, 14:05 +0200``, as it stands where it is none."""
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return value[:_LONGEST_SUBJECT]
    return f"{date.day} {_MONTHS[date.month - 1]} {date:%Y, %H:%M %z}".rstrip()
