"""Whether a question asks for the summary of a file. In doubt it does not: it is a question."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.summary import SENTENCES

_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_REQUEST = re.compile(
    rf"""^\s*
    (?:please,?\s+)?
    (?:(?:can|could|would|will)\s+you\s+(?:please\s+)?|i\s+(?:want|need|would\s+like)\s+)?
    (?:
        (?:summari[sz]e|sum\s+up)\s+
        |
        (?:(?:give|write|show|make)\s+(?:me\s+)?)?
        (?:an?\s+|the\s+)?(?:(?:short|brief|quick|concise)\s+)?
        (?:summary|overview|synopsis|gist|tl;?dr)\s+(?:of|for)\s+
    )
    (?:for\s+me\s+)?(?:the\s+)?(?:(?:file|document|pdf|page)\s+)?
    ["'“‘`]?(?P<name>[^"“”`]+?)["'”’`]?
    (?:\s+(?:for\s+me|please|briefly|in\s+(?P<count>\d{{1,2}}|{"|".join(_NUMBERS)})\s+sentences?))*
    [\s.?!]*$""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class SummaryRequest:
    """The file asked for, and how many sentences of it."""

    file: str
    sentences: int = SENTENCES


def asks_for_summary(question: str) -> bool:
    """Whether a question has the form of a request for a summary, of whatever."""
    return bool(_REQUEST.match(question))


def summary_request(question: str, files: Sequence[str]) -> SummaryRequest | None:
    """Return the request for the summary of one of ``files`` that a question is, or None.

    A file is asked for by its path, its name, or its name without the ending if that is no plain
    word ("travel-policy-2026", not "handbook"); the case of letters does not matter. Where several
    files have that name, the request holds the name alone.
    """
    found = _REQUEST.match(question)
    if found is None:
        return None
    said = found["name"].strip().removeprefix("./").casefold()
    named = [file for file in files if said in _names(file)]
    if not named:
        return None
    count = (found["count"] or "").lower()
    file = named[0] if len(named) == 1 else found["name"].strip()
    if not count:
        return SummaryRequest(file)
    return SummaryRequest(file, int(count) if count.isdigit() else 1 + _NUMBERS.index(count))


def _names(file: str) -> set[str]:
    """Return what a file may be called, in lower case."""
    name = file.rpartition("/")[2].casefold()
    stem = name.rpartition(".")[0]
    return {file.casefold(), name} | ({stem} if re.search(r"\w[-_\d]", stem) else set())
