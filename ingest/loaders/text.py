"""Plain text: the file as it is, with the headings that its layout shows."""

import re
from pathlib import Path

from ingest.loaders.decoding import read_text
from ingest.types import Document, Heading

_UNDERLINED = re.compile(r"^(?P<title>\S[^\n]{1,98})\n(?P<rule>={3,}|-{3,})[ \t]*$", re.M)
_CAPITALS = re.compile(r"(?:\A|\n\n)(?P<title>[^\n]{4,80})(?=\n\n)")
_TITLE = re.compile(r"\s*(?P<title>\S[^\n]*(?:\n[ \t]*\S[^\n]*){0,2}?)\n(?:[ \t]*\n|[=-]{3,})")
_LONGEST_TITLE = 100


def load(path: Path) -> Document:
    """Read a plain text file.

    The title is the first paragraph where that is up to three lines of a few words. Headings are
    underlined lines and lines in capitals that stand alone.
    """
    text, notes = read_text(path)
    opening = _TITLE.match(text)
    title = " ".join(opening["title"].split()) if opening else ""
    if len(title) > _LONGEST_TITLE or title.endswith((".", ",", ";", ":")):
        title = ""
    return Document(title=title, text=text, headings=_headings(text), notes=notes)


def _headings(text: str) -> tuple[Heading, ...]:
    """Return underlined lines (``===`` above ``---``) and lone lines in capitals."""
    found = {
        match.start("title"): Heading(
            1 if match["rule"].startswith("=") else 2, match["title"].strip(), match.start("title")
        )
        for match in _UNDERLINED.finditer(text)
    }
    for match in _CAPITALS.finditer(text):
        title = match["title"].strip()
        if title.isupper() and sum(map(str.isalpha, title)) > len(title) / 2:
            start = match.start("title") + len(match["title"]) - len(match["title"].lstrip())
            found.setdefault(start, Heading(1, title, start))
    return tuple(found[start] for start in sorted(found))
