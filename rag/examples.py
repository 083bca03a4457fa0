"""Questions to begin with, drawn from what the library's documents define."""

import re
from collections.abc import Iterator

from ingest.library import Library

_DEFINITION = re.compile(
    r"(?:^|\n|(?<=\. ))(?P<name>(?:An?|The) [a-z][a-z -]{2,30}|[A-Z][a-z]+(?: [a-z]+){0,2})"
    r" (?P<verb>is|are|means) (?:an?|the|how|what)\b"
)
_FILES_TRIED = 40
_NOT_A_NAME = {
    "there",
    "this",
    "that",
    "it",
    "they",
    "these",
    "those",
    "what",
    "here",
    "one",
    "he",
    "she",
    "we",
    "you",
    "if",
    "when",
    "where",
    "which",
    "who",
    "why",
    "how",
    "each",
}


def example_questions(library: Library, count: int) -> list[str]:
    """Return at most ``count`` questions, each from another document, definitions first."""
    files = [record.file for record in library.documents() if record.chunks]
    step = max(1, len(files) // _FILES_TRIED)
    questions: dict[str, None] = {}
    for file in files[::step]:
        question = next(_defined(library.text(file)), None)
        if question:
            questions[question] = None
        if len(questions) == count:
            break
    return list(questions)


def _defined(text: str) -> Iterator[str]:
    for match in _DEFINITION.finditer(text[:20_000]):
        name, verb = match["name"], match["verb"]
        if name.split()[-1].lower() in _NOT_A_NAME or name.split()[0].lower() in _NOT_A_NAME:
            continue
        name = name[0].lower() + name[1:]
        yield f"What does {name} mean?" if verb == "means" else f"What {verb} {name}?"
