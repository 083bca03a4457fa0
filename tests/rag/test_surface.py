"""Word pieces back to words, spelt as the sources spell them."""

import pytest
from tokenizers import Tokenizer

from rag import models
from rag.surface import spelled


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    """Return the tokenizer of the shipped reader."""
    tokenizer = Tokenizer.from_file(str(models.READER_FOLDER / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


@pytest.mark.parametrize(
    ("written", "sources", "sentence"),
    [
        (
            "the u.s. army's john o'neil retired in 1,990 to st. louis.",
            ["1,990", "The U.S. Army's chief, John O'Neil, left for St. Louis in 1,990."],
            "The U.S. Army's John O'Neil retired in 1,990 to St. Louis.",
        ),
        (
            "the fee is £ 12.50 (vat included) at mcdonald - smith.",
            ["£12.50", "The fee: £12.50 (VAT included). McDonald-Smith collects it."],
            "The fee is £12.50 (VAT included) at McDonald-Smith.",
        ),
        ("rain caused the delay.", ["Rain", "The delay came late."], "Rain caused the delay."),
        ("nothing is known.", [], "Nothing is known."),
    ],
)
def test_spelling_is_that_of_the_sources(
    tokenizer: Tokenizer, written: str, sources: list[str], sentence: str
) -> None:
    """Capitals, marks and spaces inside names and numbers come back; other words are plain."""
    ids = tokenizer.encode(written, add_special_tokens=False).ids
    common = {tokenizer.token_to_id(word) for word in ("the", "is", "in", "at", "to")}

    assert spelled(ids, tokenizer, sources, common.__contains__) == sentence


def test_run_never_ends_inside_a_word(tokenizer: Tokenizer) -> None:
    """A longer word that begins as a source's does is not cut from it."""
    ids = tokenizer.encode("the tokenizers came", add_special_tokens=False).ids

    assert spelled(ids, tokenizer, ["Token"], lambda i: False) == "The tokenizers came"
