"""Questions in other words, with the embedder's own sense of what is near."""

import random

import numpy as np
import numpy.typing as npt

from ingest.types import Embedder
from rag.training.examples import Example
from rag.training.paraphrase import Paraphraser

TEXTS = [
    "When did the physicians purchase the automobile?",
    "Which doctors buy an automobile quickly?",
    "How rapidly did the seventh husband become wealthy?",
    "Was the wife older or younger than the eighth?",
]


def test_synonyms_come_from_the_embedder_and_opposites_do_not(embedder: Embedder) -> None:
    """Near words of another stem are taken; opposites, numbers and question words never."""
    synonyms = Paraphraser.learn(TEXTS, embedder.embed, least=1).synonyms

    assert synonyms["physicians"] == ("doctors",)
    assert synonyms["quickly"] == ("rapidly",)
    assert not {"husband", "wife", "older", "younger", "seventh", "eighth", "when"} & set(synonyms)


def test_question_keeps_its_shape() -> None:
    """Only whole words that have a synonym change."""
    reworded = Paraphraser({"doctors": ("physicians",)})

    question = reworded("Which doctors' rooms did doctors buy?", random.Random(0), share=1.0)

    assert question == "Which doctors' rooms did physicians buy?"


def test_about_the_asked_share_of_examples_is_reworded() -> None:
    """The rest of each example stays as it is."""
    example = Example("Which doctors came?", "The doctors came.", "", 4, 11, True, "")
    reworded = Paraphraser({"doctors": ("physicians",)})

    some = reworded.some([example] * 400, 0.5, random.Random(0))

    changed = [e for e in some if e.question != example.question]
    assert 80 < len(changed) < 160
    assert {e.passage for e in some} == {example.passage}


def test_no_words_no_synonyms() -> None:
    """A set without repeated words is left alone."""

    def embed(words: list[str]) -> npt.NDArray[np.float32]:
        raise AssertionError("nothing to embed")

    assert Paraphraser.learn(["Who?"], embed).synonyms == {}
