"""From a question and its history to what is searched and read.

A follow-up such as "and for batteries?" means nothing alone. A question that leans on what was said
(it opens with "and" or "what about", uses a pronoun without an antecedent, or is very short) is
put after the question before it; any other is left as it is.
"""

import re
import unicodedata
from collections.abc import Sequence

from rag.errors import QuestionError
from rag.types import Turn

LONGEST_QUESTION = 4000

_OPENING = re.compile(
    r"^\s*(and|but|so|or|also|then|what about|how about|what of|what if|why not|which one|"
    r"same for|for)\b",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"\b(it|its|they|them|their|theirs|this|that|these|those|he|him|his|she|her|hers|there|one|"
    r"ones|another|else|former|latter|same)\b",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"^\s*(why|how|when|where|who|how (much|many|long|often|so)|since when)\s*\??\s*$", re.I
)


def clean_question(question: str) -> str:
    """Return the question on one line without control characters.

    Raises QuestionError if nothing is left, or if it is longer than 4,000 characters.
    """
    visible = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in question)
    cleaned = " ".join(visible.split())
    if not cleaned:
        raise QuestionError("the question is empty: type what you want to know")
    if len(cleaned) > LONGEST_QUESTION:
        raise QuestionError(
            f"the question has {len(cleaned):,} characters, {LONGEST_QUESTION:,} are allowed: "
            f"shorten it"
        )
    return cleaned


def leans_on_history(question: str) -> bool:
    """Whether a question cannot stand alone."""
    if _OPENING.match(question) or _BARE.match(question):
        return True
    return bool(_POINTING.search(question)) and len(question.split()) <= 12


def stand_alone(question: str, history: Sequence[Turn]) -> str:
    """Return the question with as much of the history as it needs to be understood."""
    if not history or not leans_on_history(question):
        return question
    previous = clean_question(history[-1][0])[-400:]
    if leans_on_history(previous) and len(history) > 1:
        previous = f"{clean_question(history[-2][0])[-400:]} {previous}"
    return f"{previous} {question}"
