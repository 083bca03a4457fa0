"""Sentences to learn to write: full-sentence answers, and follow-ups that stand alone."""

import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.training.examples import Split, read_set, sentence_ranges, split_of
from rag.writer import conversation

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_ANSWERED = ("squad1_train", "nq_oracle", "quoref_1k", "fairytaleqa")
_SPOKEN = ("vquanda_train", "answernat_mix")  # without a passage; the answer is the evidence
_REWRITTEN = ("squad1_followup_rewrite", "canard_devA", "trec_cast", "ikat2023_rewrite")
_LONGEST_SENTENCE, _LONGEST_ANSWER, _LONGEST_EVIDENCE = 300, 160, 600  # characters
_WORD = re.compile(r"[A-Za-z]+")
_LEAST = 15  # times that a word is seen in small letters, to be free
_SMALL = 0.9  # share of its places where it is
_MARKS = ".,'’-()\":;%$/"
_NUMBERS = frozenset(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety "
    "hundred thousand million billion trillion dozen first second third fourth fifth sixth seventh "
    "eighth ninth tenth once twice half quarter double triple not no never none nothing".split()
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and what it is made from.

    An answer from question, exact answer and evidence; a question that stands alone from a
    follow-up, no answer, and the conversation before it.
    """

    question: str
    answer: str
    evidence: str
    sentence: str


def sentences(data: Path, split: Split, seed: int = 0, quick: bool = False) -> list[Sentence]:
    """Return the sentences of one split in random order; ``quick`` those of SQuAD alone.

    Held-out splits have those of SQuAD alone, whose articles are held out.
    """
    rng = random.Random(seed)
    whole = split == "train" and not quick
    found: list[Sentence] = []
    for name in _ANSWERED if whole else _ANSWERED[:1]:
        found += _of_passages(read_set(data, name), split, rng)
    for name in _SPOKEN if whole else ():
        found += _of_answers(read_set(data, name))
    for name in _REWRITTEN if whole else ():
        found += _of_follow_ups(read_set(data, name), split)
    rng.shuffle(found)
    return found


def free_tokens(texts: Iterable[str], tokenizer: "Tokenizer") -> set[int]:
    """Return the tokens of common words: seen often, and nearly always in small letters.

    Numbers and names are none of them, nor is what denies. Marks of punctuation are.
    """
    small: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for text in texts:
        for match in _WORD.finditer(text):
            if match.start():
                seen[match.group().lower()] += 1
                small[match.group()] += match.group().islower()
    words = [w for w, n in small.items() if n >= _LEAST and n >= _SMALL * seen[w]]
    tokens = {token for w in words for token in tokenizer.encode(w, add_special_tokens=False).ids}
    marks = (tokenizer.token_to_id(mark) for mark in _MARKS)
    return tokens | {mark for mark in marks if mark is not None}


def _of_passages(
    rows: Sequence[dict[str, Any]], split: Split, rng: random.Random
) -> Iterator[Sentence]:
    for row in rows:
        sentence = row.get("answer_sentence") or ""
        if split_of(row.get("title") or "") != split or not sentence or not row["answers"]:
            continue
        answer = row["answers"][0]
        if answer["start"] < 0 or _too_long(sentence, answer["text"]):
            continue
        yield Sentence(row["question"], answer["text"], _evidence(row, rng), sentence)


def _of_answers(rows: Sequence[dict[str, Any]]) -> Iterator[Sentence]:
    for row in rows:
        answer, sentence = row["short_answer"], row["answer_sentence"]
        if answer and not _too_long(sentence, answer):
            yield Sentence(row["question"], answer, answer, sentence)


def _of_follow_ups(rows: Sequence[dict[str, Any]], split: Split) -> Iterator[Sentence]:
    for row in rows:
        if split_of(row.get("title") or "") == split and row["history"]:
            history = [(question, answer) for question, answer in row["history"]]
            yield Sentence(row["question"], "", conversation(history), row["rewrite"])


def _too_long(sentence: str, answer: str) -> bool:
    return len(sentence) > _LONGEST_SENTENCE or len(answer) > _LONGEST_ANSWER


def _evidence(row: dict[str, Any], rng: random.Random) -> str:
    """Return the sentences that hold the answer, sometimes with the one before."""
    text, answer = row["context"], row["answers"][0]
    start, end = answer["start"], answer["start"] + len(answer["text"])
    spans = sentence_ranges(text)
    inside = [i for i, (a, b) in enumerate(spans) if a < end and b > start]
    first = max(0, inside[0] - rng.choice((0, 0, 0, 1)))
    evidence: str = text[spans[first][0] : spans[inside[-1]][1]].strip()
    return evidence[:_LONGEST_EVIDENCE]
