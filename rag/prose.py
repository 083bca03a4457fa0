"""Which sentences of a document can stand by themselves, as those of a summary must.

Tables, code, headings, navigation, references and legal notices cannot; items of lists, questions
and fragments can where there is nothing better.
"""

import re
from dataclasses import dataclass

from ingest.types import Document
from rag.evidence import sentences_of
from rag.types import Hit

_FEWEST_WORDS, _MOST_WORDS = 6, 60
_FEWEST_LABELLED = 8  # words after "Owner:" that make a sentence of it
_LETTERS_A_WORD = 4  # how scripts without spaces are measured
_LETTERS = 0.7  # share of a sentence's signs; below it lies arithmetic, code or a list of places
_ENDED = re.compile(r"[.!…。！]['\"”’)\]」』]*$")
_MARKER = re.compile(r"^(?:[-*•–]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s+")
_LABEL = re.compile(r"^[^\s:]+(?: [^\s:]+){0,2}: (?P<rest>.*)")
_BOILERPLATE = re.compile(
    r"©|\(c\) ?\d{4}|copyright|all rights reserved|\bisbn\b|no part of this publication|"
    r"we use cookies|skip to (?:main )?content|back to top|click here|sign in|log in\b|"
    r"subscribe|table of contents|https?://\S+$|\.{4,}|(?:\. ){4,}",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"^(?:\[\d+\] )?[A-Z][\w’'-]+, (?:[A-Z]\.,? ?)+|\b(?:doi:|pp\. ?\d|[Vv]ol\. ?\d)|^See also\b"
)
_SUBJECT = (
    r"(?:chapter|document|page|guide|manual|handbook|paper|polic(?:y|ies)|report|article|book|section|"
    r"study|work|agreement|contract|letter|note|course|module|text|tutorial|standard)"
)
_LEANING = re.compile(
    rf"""^["'“‘(]*(?:
    (?:this|these|those|that|such|both)\b(?!\ (?:{_SUBJECT}s?|who)\b)|
    (?:\w+\ )?(?:after|at|before|by|for|from|in|of|on|to|with)\ (?:it|them|these|this|those)\b
       (?!\ {_SUBJECT}s?\b)|
    (?:as|because|if|once|since|when|while)\ (?:it|they|this|these|he|she)\b|
    (?:it|its|they|their|them|he|his|she|her|here|another|others|neither)\b|
    (?:however|but|and|or|so|yet|thus|therefore|hence|then|also|moreover|furthermore|besides|
       additionally|instead|otherwise|nevertheless|nonetheless|still|similarly|likewise|conversely|
       consequently|accordingly|meanwhile|indeed|again|second|secondly|third|thirdly|finally|
       unfortunately|fortunately|interestingly|specifically|rather|nor|yes|no|well)\b|
    first(?:,|\ the\b)|
    as\ (?:a\ result|such|mentioned|noted|shown|described|before|above)\b|
    in\ (?:addition|contrast|(?:that|both|such|either)\ \w+)\b|
    for\ (?:example|instance|that)\b|on\ the\ (?:other\ hand|contrary)\b|
    of\ course\b|(?:after|at)\ that\b|
    the\ (?:former|latter|same|others?|second|third|next|above|following)\b
    )|\bthis\ way\b|\b(?:this|these|those)[.!]$|
    \b(?:see|in|as)\ (?:the\ )?(?:fig(?:ure|\.)|table|above|below)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_CUE = re.compile(
    rf"\b(?:in (?:summary|short|brief|conclusion|essence)|to (?:summari[sz]e|conclude)|overall|"
    rf"the (?:main|key|central|most important) (?:aim|cause|difference|finding|goal|idea|lesson|"
    rf"point|problem|purpose|question|reason|result|thing)s?|the (?:aim|goal|purpose) of|"
    rf"(?:in )?this {_SUBJECT}|we (?:\w+ly )?(?:propose|present|introduce|show|find|demonstrate|"
    rf"develop|describe|prove|study|investigate|provide))\b",
    re.IGNORECASE,
)

_DEFINITION = re.compile(r"^(?:An? |The )?(?P<name>[\w’'-]+(?: [\w’'-]+){0,3}?) (?:is|are|means) ")
_WORD = re.compile(r"[^\W_]{4,}")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that a summary may take: characters ``start:end`` of the document.

    ``text`` is the sentence on one line; ``place`` says where it stands, 0 at the beginning of the
    document and 1 at its end; ``whole`` is false for an item of a list, a question or a fragment;
    ``leaning`` says that it points to what stands before it ("However, this …"), ``cue`` that it
    announces what matters ("In short", "This chapter covers", "We propose") or says what the
    document's subject is.
    """

    hit: Hit
    start: int
    end: int
    text: str
    place: float
    whole: bool
    leaning: bool
    cue: bool


def candidates(document: Document, hit: Hit) -> list[Candidate]:
    """Return the sentences of a passage of the document that can stand by themselves, in order."""
    chunk = hit.passage.chunk
    spans = (
        (chunk.start + span.start, chunk.start + span.end) for span in sentences_of(chunk.text)
    )
    return [
        _candidate(document, hit, start, end)
        for start, end in spans
        if _is_prose(document, start, end) and is_readable(_line(document.text[start:end]))
    ]


def defines(line: str, title: str) -> bool:
    """Whether a sentence says what something named in the title is."""
    found = _DEFINITION.match(line)
    return found is not None and not _words(found["name"]).isdisjoint(_words(title))


def _words(text: str) -> set[str]:
    return {word.rstrip("s") for word in _WORD.findall(text.lower())}


def _candidate(document: Document, hit: Hit, start: int, end: int) -> Candidate:
    marker = _MARKER.match(document.text[start:end])
    start += marker.end() if marker else 0
    line = _line(document.text[start:end])
    return Candidate(
        hit,
        start,
        end,
        line,
        place=start / len(document.text),
        whole=marker is None and is_whole(line),
        leaning=is_leaning(line),
        cue=bool(_CUE.search(line)) or defines(line, document.title),
    )


def _is_prose(document: Document, start: int, end: int) -> bool:
    """Whether a range lies in no table or code and no heading begins in it."""
    return not (
        any(span.start < end and start < span.end for span in document.solid)
        or any(start <= heading.start < end for heading in document.headings)
    )


def _line(text: str) -> str:
    return " ".join(text.split())


def _size(line: str) -> int:
    """Return how many words a line has, or would have in a script that sets spaces."""
    return max(len(line.split()), sum(map(str.isalpha, line)) // _LETTERS_A_WORD)


def is_readable(line: str) -> bool:
    """Whether a sentence is made of words, and is no navigation, reference or legal notice."""
    signs = len(line) - line.count(" ")
    letters = sum(map(str.isalpha, line))
    few = _size(line) < 3
    return not (
        few or letters < _LETTERS * signs or _BOILERPLATE.search(line) or _REFERENCE.search(line)
    )


def is_whole(line: str) -> bool:
    """Whether a line is a full sentence that states something."""
    label = _LABEL.match(line)
    return (
        _FEWEST_WORDS <= _size(line)
        and len(line.split()) <= _MOST_WORDS
        and bool(_ENDED.search(line))
        and not line[0].islower()
        and not (label and len(label["rest"].split()) < _FEWEST_LABELLED)
    )


def is_leaning(line: str) -> bool:
    """Whether a sentence points to what stands before it, or to a figure, and so loses by a cut."""
    return bool(_LEANING.search(line))
