"""Ingest beside a plain loop over the same files, in the same run.

    python -m tests.benchmarks.ingest FOLDER [--rounds N]

The plain loop is what a tutorial shows: pypdf, pieces of 1,000 characters, ``encode`` of
sentence-transformers as it comes, FAISS ``IndexFlatIP``. Each side works in processes of its own,
by turns, and embeds with the same model. Loading the model is not counted. Since the pieces
differ in size, the ratio that counts is that of characters or word pieces a second.
"""

import argparse
import html
import re
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ingest.allocator import keep_freed_memory
from ingest.config import go_offline, load_settings
from ingest.embedder import load_embedder
from ingest.library import Library
from ingest.pipeline import ingest
from ingest.weights import bundled_folder
from tests.benchmarks.measured import hand_over, in_child

SUFFIXES = {".md", ".txt", ".html", ".htm", ".pdf"}
PIECE = 1000
RATES = ("chunks/s", "characters/s", "word pieces/s")
_HIDDEN = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.DOTALL | re.IGNORECASE)


def main() -> None:
    """Measure both sides and print them next to each other."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=1, help="how often each side runs, by turns")
    parser.add_argument("--side", choices=("footnote", "plain"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.side:
        measure_side(arguments.side, arguments.folder)
        return
    runs: dict[str, list[dict[str, float]]] = {"footnote": [], "plain": []}
    for _ in range(arguments.rounds):
        for side, done in runs.items():
            done.append(in_child("tests.benchmarks.ingest", str(arguments.folder), "--side", side))
    Console(width=100).print(comparison(runs["footnote"], runs["plain"]))


def comparison(ours: Sequence[dict[str, float]], plain: Sequence[dict[str, float]]) -> Table:
    """Return the median of each figure on both sides and the ratio."""
    table = Table("", "footnote", "plain loop", "ratio", title="Ingest")
    for name in ours[0]:
        left, right = (statistics.median(run[name] for run in runs) for runs in (ours, plain))
        ratio = f"{left / right:.2f}" if right else "-"
        table.add_row(name, f"{left:,.1f}", f"{right:,.1f}", ratio)
    return table


def measure_side(side: str, folder: Path) -> None:
    """Run one side in this process and hand its figures over."""
    go_offline()
    with tempfile.TemporaryDirectory() as scratch:
        seconds, files, texts = (run_footnote if side == "footnote" else run_plain)(
            folder, Path(scratch)
        )
        amounts = (len(texts), sum(map(len, texts)), word_pieces(texts))
    rates = dict(zip(RATES, (amount / seconds for amount in amounts), strict=True))
    hand_over(
        {
            "files": files,
            "chunks": amounts[0],
            "characters": amounts[1],
            "word pieces": amounts[2],
            "seconds": seconds,
            **rates,
        }
    )


def run_footnote(folder: Path, scratch: Path) -> tuple[float, int, list[str]]:
    """Ingest the folder; return the seconds, the number of files, and every text embedded."""
    keep_freed_memory()
    settings = load_settings(library=scratch / "library")
    embedder = load_embedder(settings)
    embedder.embed(["The model is loaded by its first text."])
    begin = time.perf_counter()
    report = ingest(folder, settings.library, settings, embedder)
    seconds = time.perf_counter() - begin
    with Library.open(settings.library) as library:
        everything = library.search_vectors(embedder.embed(["any"])[0], library.counts()[1])
        passages = library.passages([row for row, _ in everything])
    texts = [passage.chunk.indexed_text for passage in passages.values()]
    return seconds, len(report.added), texts


def run_plain(folder: Path, scratch: Path) -> tuple[float, int, list[str]]:
    """Do the same by a plain loop; the index is written once, at the end."""
    import faiss
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(bundled_folder()), device="cpu")
    model.encode(["The model is loaded, and so that both sides start alike, used once."])
    begin = time.perf_counter()
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    texts = [
        text[start : start + PIECE]
        for text in map(plain_text, paths)
        for start in range(0, len(text), PIECE)
    ]
    vectors = model.encode(texts, normalize_embeddings=True)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    faiss.write_index(index, str(scratch / "plain.faiss"))
    return time.perf_counter() - begin, len(paths), texts


def plain_text(path: Path) -> str:
    """Return a file's text the simple way; what cannot be read is empty."""
    if path.suffix.lower() == ".pdf":
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError

        try:
            return "\n".join(page.extract_text() for page in PdfReader(path).pages)
        except PyPdfError:
            return ""
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix.lower() in {".html", ".htm"}:
        return html.unescape(_HIDDEN.sub(" ", text))
    return text


def word_pieces(texts: Sequence[str]) -> int:
    """Return how many tokens the model saw, those cut off at its limit left out."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(bundled_folder() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)
    return sum(len(encoding.ids) for encoding in tokenizer.encode_batch(list(texts)))


if __name__ == "__main__":
    main()
