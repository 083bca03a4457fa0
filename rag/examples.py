"""Questions to begin with, drawn from what the library's documents define and discuss."""

import re
from collections.abc import Iterator
from itertools import chain, islice

from ingest.library import Library
from ingest.types import Document

_DEFINITION = re.compile(
    r"(?:^|\n|(?<=\. ))(?P<name>An? [a-z][a-z -]{2,30}|[A-Z][a-z]+(?: [a-z]+){0,2})"
    r" (?P<verb>is|are|means) (?:an?|the|how|what)\b"
)
_WORD = re.compile(r"[a-z]{4,}")
_FILES_TRIED = 60
_LEVELS = (2, 3)  # headings of the first level repeat the title


def example_questions(library: Library, count: int) -> list[str]:
    """Return at most ``count`` questions, from different documents where there are enough.

    First what a document defines, if the name also stands in one of its headings (so that it is a
    subject of it); then what it has a heading about.
    """
    files = [record.file for record in library.documents() if record.chunks]
    step = max(1, len(files) // _FILES_TRIED)
    documents = [library.document(file) for file in files[::step]]
    defined = (next(_definitions(document), None) for document in documents)
    discussed = (next(_subjects(document), None) for document in documents)
    questions = dict.fromkeys(question for question in chain(defined, discussed) if question)
    return list(islice(questions, count))


def _definitions(document: Document) -> Iterator[str]:
    headings = " ".join([document.title, *(heading.title for heading in document.headings)])
    subjects = {word.rstrip("s") for word in _WORD.findall(headings.lower())}
    for match in _DEFINITION.finditer(document.text[:20_000]):
        name, verb = match["name"], match["verb"]
        words = _WORD.findall(name.lower())
        if words and {word.rstrip("s") for word in words} <= subjects:
            name = name[0].lower() + name[1:]
            yield f"What does {name} mean?" if verb == "means" else f"What {verb} {name}?"


def _subjects(document: Document) -> Iterator[str]:
    for heading in document.headings:
        if heading.level in _LEVELS and 2 <= len(heading.title.split()) <= 7:
            title = heading.title.strip()
            yield title if title.endswith("?") else f"What is said about “{title}”?"
