"""How the parts of an answer are put into words, the same in the terminal and in the browser."""

import re

from rag.types import Citation, Hit

OWN_WORDS = "words of your files, chosen, not written"  # what a summary is sure of
_HIGH, _FAIR = 0.8, 0.5
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters, terminal escapes among them
    "\u202a-\u202e\u2066-\u2069"  # overrides that let text run backwards
    "\ufeff\ufff9-\ufffb]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")


def printable(text: str) -> str:
    """Return the text without characters that act on a terminal or reorder what is around them.

    Line breaks and tabs stay; lone surrogates, which no encoding can write, become U+FFFD.
    """
    return _SURROGATE.sub("\ufffd", _INVISIBLE.sub("", text.replace("\r\n", "\n")))


def confidence_words(confidence: float | None) -> str:
    """Return, for example, "high confidence, 87 %"; for None, a summary's, whose words it has."""
    if confidence is None:
        return OWN_WORDS
    return f"{confidence_level(confidence)} confidence, {round(100 * confidence)} %"


def confidence_level(confidence: float | None) -> str:
    """Return "high", "fair" or "low", and "unmeasured" for None."""
    if confidence is None:
        return "unmeasured"
    if confidence >= _HIGH:
        return "high"
    return "fair" if confidence >= _FAIR else "low"


def place_of(source: Citation | Hit) -> str:
    """Return where a source stands, for example "leave.pdf, page 3 · Leave › Notice"."""
    file, page, heading = file_page_heading(source)
    where = file if page is None else f"{file}, page {page}"
    return f"{where} · {heading}" if heading else where


def file_page_heading(source: Citation | Hit) -> tuple[str, int | None, str]:
    """Return the file, the page counted from 1 (None where there are none) and the heading path."""
    if isinstance(source, Citation):
        return source.file, source.page, source.heading
    chunk = source.passage.chunk
    return source.passage.file, chunk.page, " › ".join(chunk.heading)
