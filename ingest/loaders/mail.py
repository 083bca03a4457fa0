"""E-mail: a message (EML), or a mailbox (MBOX) that is read message by message.

A mailbox may be larger than memory. Its lines are read one at a time, and the coded lines of long
attachments, which nobody reads as text, are dropped before a message is parsed.
"""

import re
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from typing import IO

from ingest.errors import DocumentError
from ingest.loaders.builder import DocumentBuilder
from ingest.loaders.mail_header import subject
from ingest.loaders.mail_message import MessageWriter
from ingest.types import Document

_LONGEST_LINE = 1_000_000  # bytes
_LONGEST_MESSAGE = 20_000_000  # bytes, coded attachments left out
_CODED_LINES = 5_000  # of one attachment; about 285 kB
_SEPARATOR = re.compile(rb"From .*\d\d?:\d\d")
_SURE_SEPARATOR = re.compile(
    rb"From \S+ +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} +\d+ \d\d?:\d\d:\d\d .*\d{4}"
)
_CODED = re.compile(rb"[A-Za-z0-9+/=]{60,}\s*")
_QUOTED_SEPARATOR = re.compile(rb">+From ")
_BLANKS = b" \t\r\n\xef\xbb\xbf\xff\xfe"


def load(path: Path) -> Document:
    """Read one message; its title is the subject.

    Raises DocumentError where the file has no header of an e-mail.
    """
    with path.open("rb") as file:
        buffer = _Buffer()
        while line := file.readline(_LONGEST_LINE):
            buffer.add(line)
    data = buffer.taken()
    if not data:
        return Document(title="", text="")
    message = message_from_bytes(data)
    writer = MessageWriter(DocumentBuilder())
    writer.write(message)
    return writer.builder.build(subject(message), writer.notes)


def load_mailbox(path: Path) -> Document:
    """Read the messages of a mailbox, each a section under its subject.

    A damaged message is counted and passed over. Raises DocumentError where there is no other.
    """
    writer = MessageWriter(DocumentBuilder())
    damaged = 0
    with path.open("rb") as file:
        for data in _messages(file):
            try:
                writer.write(message_from_bytes(data), unnamed="(no subject)")
            except (DocumentError, ValueError, LookupError, TypeError, AttributeError):
                damaged += 1
            except RecursionError:
                damaged += 1
            if writer.builder.full:
                break
    if damaged and not writer.builder.text:
        raise DocumentError("damaged: no message with a header was found")
    notes = (f"{damaged} messages are damaged",) if damaged else ()
    return writer.builder.build("", (*notes, *writer.notes))


class _Buffer:
    """The lines of one message, without the later lines of long attachments."""

    def __init__(self) -> None:
        self._lines: list[bytes] = []
        self._size = 0
        self._coded = 0

    def add(self, line: bytes) -> None:
        """Add a line, unless it belongs to a long attachment or the message is over-long."""
        self._coded = self._coded + 1 if _CODED.fullmatch(line) else 0
        if self._coded <= _CODED_LINES and self._size + len(line) <= _LONGEST_MESSAGE:
            self._lines.append(line)
            self._size += len(line)

    def taken(self) -> bytes:
        """Return the lines without a separator above them, and begin anew."""
        data = b"".join(self._lines).lstrip(_BLANKS)
        self._lines.clear()
        self._size = self._coded = 0
        return data.partition(b"\n")[2].lstrip() if _SEPARATOR.match(data) else data


def _messages(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the messages of a mailbox; each begins with a "From " line that holds a date.

    Not all programs set a blank line above it; without one the date must have its usual form.
    """
    buffer = _Buffer()
    after_blank = True
    while line := file.readline(_LONGEST_LINE):
        if (_SEPARATOR if after_blank else _SURE_SEPARATOR).match(line):
            data = buffer.taken()
            if data:
                yield data
        after_blank = not line.strip()
        buffer.add(line[1:] if _QUOTED_SEPARATOR.match(line) else line)
    data = buffer.taken()
    if data:
        yield data
