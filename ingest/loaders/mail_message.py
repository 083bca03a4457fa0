"""One e-mail message: header lines, its text, the messages attached to it."""

import re
from collections.abc import Iterator
from email.message import Message

from ingest.errors import DocumentError
from ingest.loaders.builder import DocumentBuilder
from ingest.loaders.decoding import decode
from ingest.loaders.html import write_fragment
from ingest.loaders.mail_header import file_name, header_lines, subject

MAX_DEPTH = 100
_LOWEST = 6  # level of headings
_STUB = 100  # characters below which plain text may only say that there is HTML
_SHOWN_NAMES = 20
_LONGEST_PARAGRAPH = 20_000  # characters that are joined from wrapped lines
_HEADERS = frozenset(
    "from to cc sender subject date received message-id mime-version content-type".split()
)
_ENCRYPTED = frozenset({"multipart/encrypted", "application/pkcs7-mime"})
_SEVEN_BIT = re.compile(r"iso-2022|hz|utf-?7", re.I)  # ASCII bytes that mean other characters


class MessageWriter:
    """Writes messages into a DocumentBuilder and gathers what could not be read."""

    def __init__(self, builder: DocumentBuilder) -> None:
        self.builder = builder
        self._attached: dict[str, None] = {}
        self._lost: dict[str, None] = {}
        self._level = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """The attachments by name, and other losses, in a user's words."""
        names = list(self._attached)
        if not names:
            return tuple(self._lost)
        shown = ", ".join(names[:_SHOWN_NAMES])
        more = f" and {len(names) - _SHOWN_NAMES:,} others" if len(names) > _SHOWN_NAMES else ""
        return (f"attachments not read: {shown}{more}", *self._lost)

    def write(self, message: Message, unnamed: str = "") -> None:
        """Write a message under its subject; ``unnamed`` stands for one that is missing.

        Raises DocumentError where it has no header.
        """
        if _HEADERS.isdisjoint(name.lower() for name in message.keys()):
            raise DocumentError("damaged: it has no header of an e-mail")
        self._level = 0
        self._message(message, unnamed, 0)

    def _message(self, message: Message, unnamed: str, depth: int) -> None:
        """Write a message, also one that is attached to another, as a section of it."""
        self._level += 1
        self.builder.heading(min(self._level, _LOWEST), subject(message) or unnamed)
        self.builder.solid("\n".join(header_lines(message)))
        self._part(message, depth)
        self._level -= 1

    def _part(self, part: Message, depth: int) -> None:
        """Write the text of a part and of all parts inside it."""
        kind = part.get_content_type()
        inner = _inner(part)
        if depth > MAX_DEPTH:
            self._lost["its deepest parts were not read"] = None
        elif kind in _ENCRYPTED:
            self._lost["an encrypted part was not read"] = None
        elif kind == "multipart/alternative":
            self._alternative(inner, depth)
        elif kind == "message/rfc822":
            for message in inner:
                self._message(message, "(no subject)", depth + 1)
        elif inner:
            for piece in inner:
                self._part(piece, depth + 1)
        elif kind == "text/html" and not _is_attached(part):
            self.builder.paragraph(_rendered(self._decoded(part)))
        elif kind.startswith("text/") and kind != "text/calendar" and not _is_attached(part):
            self.builder.paragraph(_unwrapped(self._decoded(part), part).strip())
        else:
            self._list(part)

    def _alternative(self, parts: list[Message], depth: int) -> None:
        """Write the plain version of a text, or the richest one where that says more."""
        plain = next((p for p in parts if p.get_content_type() == "text/plain"), None)
        rich = next((p for p in reversed(parts) if _holds_html(p, depth)), None)
        chosen = plain if plain is not None else rich or (parts[-1] if parts else None)
        if plain is not None and rich is not None and rich is not plain:
            words = self._decoded(plain).strip()
            if len(words) < _STUB and len(self._html_text(rich, depth)) > 10 * len(words):
                chosen = rich
        for part in parts:
            if part is chosen:
                self._part(part, depth + 1)
            else:
                self._list_inside(part, depth + 1)

    def _html_text(self, part: Message, depth: int) -> str:
        """Return the rendered HTML of a part."""
        if part.get_content_type() == "text/html":
            return _rendered(self._decoded(part))
        within = next((p for p in _inner(part) if _holds_html(p, depth)), None)
        return self._html_text(within, depth + 1) if within is not None else ""

    def _decoded(self, part: Message) -> str:
        """Return the characters of a text part."""
        payload = part.get_payload(decode=True)
        data = payload if isinstance(payload, bytes) else b""
        charset = part.get_content_charset()
        try:
            if charset and _SEVEN_BIT.match(charset):
                return data.decode(charset, "replace")
            return decode(data, charset)[0]
        except (DocumentError, LookupError):
            self._lost["a part that is no text was not read"] = None
            return ""

    def _list_inside(self, part: Message, depth: int) -> None:
        """List the attachments inside a part whose text is not written."""
        if depth > MAX_DEPTH:
            return
        for piece in _inner(part):
            self._list_inside(piece, depth + 1)
        if not part.get_content_type().startswith(("text/", "multipart/")):
            self._list(part)

    def _list(self, part: Message) -> None:
        """Keep the name of an attachment; pictures that belong to the layout are none."""
        name = file_name(part)
        inline = part.get_content_disposition() == "inline" or "Content-ID" in part
        if name and not (inline and part.get_content_maintype() == "image"):
            self._attached[name] = None


def _inner(part: Message) -> list[Message]:
    """Return the parts inside a part."""
    payload = part.get_payload()
    return [p for p in payload if isinstance(p, Message)] if isinstance(payload, list) else []


def _holds_html(part: Message, depth: int) -> bool:
    """Tell whether a part is HTML or has some inside."""
    if part.get_content_type() == "text/html":
        return True
    return depth < MAX_DEPTH and any(_holds_html(p, depth + 1) for p in _inner(part))


def _is_attached(part: Message) -> bool:
    """Tell whether a part is a file for its own sake."""
    return part.get_content_disposition() == "attachment"


def _rendered(source: str) -> str:
    """Return HTML as text; its headings are none of the mailbox."""
    builder = DocumentBuilder()
    write_fragment(source, builder)
    return builder.text


def _unwrapped(text: str, part: Message) -> str:
    """Return text with the lines joined that its sender's program wrapped (RFC 3676)."""
    if str(part.get_param("format") or "").lower() != "flowed":
        return text
    return "\n".join(_flowing(text.split("\n"), part.get_param("delsp") == "yes"))


def _flowing(lines: list[str], delete_space: bool) -> Iterator[str]:
    """Yield the whole lines; a blank at the end says that the next line belongs to one."""
    begun = ""
    depth = 0
    for line in lines:
        words = line.lstrip(">")
        level = len(line) - len(words)
        if begun and level == depth:
            line = begun + words.removeprefix(" ")
        elif begun:
            yield begun.rstrip()
        else:
            line = line.removeprefix(" ")
        begun, depth = "", level
        if line.endswith(" ") and words.strip() != "--" and len(line) < _LONGEST_PARAGRAPH:
            begun = line[:-1] if delete_space else line
        else:
            yield line
    if begun:
        yield begun.rstrip()
