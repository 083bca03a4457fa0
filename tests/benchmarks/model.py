"""What the network of our own can do, on articles that it was not trained on, beside baselines.

    python -m tests.benchmarks.model --data DIR [--questions N] [--reader FOLDER] [--writer FOLDER]

DIR holds the training sets (the model card names them); only their held-out articles are asked.
One run prints: reading with the gold paragraph given; a folder of held-out articles, each question
asked with its paragraph in the folder and with it hidden, beside three simple systems that cannot
abstain; the order of passages before and after the reader; the check of statements; follow-ups
searched as they stand, behind their history, as Footnote puts them, and as the set rewrites them.
"""

import argparse
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from ingest.allocator import keep_freed_memory
from ingest.config import go_offline, load_settings
from ingest.embedder import load_embedder
from ingest.types import Embedder
from rag import models
from rag.calibration import load_calibration
from rag.evaluation.metrics import bootstrap, contains, f1, ndcg_at, roc_area
from rag.evidence import read_hits
from rag.generator import compose, kind_of
from rag.query import stand_alone
from rag.reader import Reader
from rag.retriever import Retriever
from rag.training.calibrate import calibration_figures, chance_of
from rag.training.examples import Example, qa_examples, read_set, split_of
from rag.training.folder import Trial, searching, trials, write_articles
from rag.training.gold import abstention_figures, check_figures, gold_figures
from rag.training.mixture import held_out, held_out_claims, held_out_unanswerable
from rag.training.sentences import sentences
from rag.training.written import written_figures
from rag.types import Hit, Turn
from rag.writer import Writer
from tests.benchmarks.baselines import sentences_in, share_right, vector_sentence, word_sentence

CANDIDATES = 24  # passages read, as in use
DEPTH = 50  # fused passages that are ordered anew
Row = tuple[str, float | str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the benchmark is made of."""

    data: Path
    reader: Reader
    weights: Path
    embedder: Embedder
    questions: int
    writer: Writer | None


def main() -> None:
    """Print one table for each ability."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument("--reader", type=Path, default=models.READER_FOLDER)
    parser.add_argument("--writer", type=Path)
    given = parser.parse_args()
    go_offline()
    keep_freed_memory()
    embedder = load_embedder(load_settings())
    reader = Reader.load(given.reader)
    writer = Writer.load(given.writer, reader) if given.writer else None
    asked = Asked(given.data, reader, given.reader, embedder, given.questions, writer)
    console = Console(width=110)
    for title, rows in tables(asked):
        table = Table("", "figure", title=title, title_justify="left")
        for name, value in rows:
            table.add_row(name, value if isinstance(value, str) else f"{value:.3f}")
        console.print(table)


def tables(asked: Asked) -> Iterator[tuple[str, list[Row]]]:
    """Yield the title and the rows of each table, as they are measured."""
    yield "Gold paragraph given (percent)", reading(asked)
    yield "Telling what answers and what supports (area under the ROC curve)", telling(asked)
    if asked.writer is not None:
        yield "Full sentences written, shares", writing(asked, asked.writer)
    examples = held_out(asked.data, "test")
    with TemporaryDirectory() as place:
        write_articles(examples, Path(place))
        yield from folder_tables(asked, examples, Path(place))


def folder_tables(
    asked: Asked, examples: Sequence[Example], place: Path
) -> Iterator[tuple[str, list[Row]]]:
    """Yield the tables of a folder made of the examples' articles."""
    with searching(place) as retriever:
        chosen = examples[: asked.questions]
        yield (
            f"Folder of held-out articles, {len(chosen)} questions",
            folder(asked, chosen, examples, retriever),
        )
        yield f"Order of {DEPTH} fused passages", ordering(asked, chosen, retriever)
        yield "Follow-ups, recall@5", follow_ups(asked, retriever)


def reading(asked: Asked) -> list[Row]:
    """Exact match and F1 where the paragraph is given."""
    rows: list[Row] = []
    for name, title in (("squad1_train", "one accepted answer"), ("squad2_devA", "several")):
        gold = held_out(asked.data, "test", 4 * asked.questions, name)
        figures = gold_figures(asked.reader, gold)
        rows.append((f"{title}: questions", str(len(gold))))
        rows += [(f"{title}: {key.replace('_', ' ')}", value) for key, value in figures.items()]
    return rows


def telling(asked: Asked) -> list[Row]:
    """Areas of the rank and span scores against two kinds of negatives, and of the check."""
    rows: list[Row] = []
    for name, negatives, title in (
        ("squad1_train", "squad1_synth_unans", "found passages of the same article"),
        ("squad2_devA", "squad2_devA", "near misses written by people"),
    ):
        right = held_out(asked.data, "test", 2 * asked.questions, name)
        wrong = held_out_unanswerable(asked.data, "test", negatives)[: 2 * asked.questions]
        figures = abstention_figures(asked.reader, [*right, *wrong])
        rows.append((f"against {title}", figures["auc_both"]))
    for title, claims in held_out_claims(asked.data).items():
        rows.append((f"check, claims {title}", check_figures(asked.reader, claims)["auc"]))
    return rows


def writing(asked: Asked, writer: Writer) -> list[Row]:
    """Written sentences against the wanted ones, beside the evidence sentence as it stands."""
    wanted = sentences(asked.data, "test")[: asked.questions]
    figures = written_figures(writer, asked.reader, wanted)
    plain = fmean(f1(one.evidence, [one.sentence]) for one in wanted)
    begin = time.perf_counter()
    for one in wanted[:50]:
        writer.write(one.question, one.answer, one.evidence)
    spent = (time.perf_counter() - begin) / len(wanted[:50])
    rows: list[Row] = [(name, value) for name, value in figures.items()]
    return [*rows, ("f1 of the evidence sentence itself", plain), ("seconds each", spent)]


def folder(
    asked: Asked, chosen: Sequence[Example], examples: Sequence[Example], retriever: Retriever
) -> list[Row]:
    """Answers and abstentions of the whole decision, and of simple systems beside it."""
    calibration = load_calibration(asked.weights)
    told = list(trials(chosen, retriever, asked.reader, CANDIDATES))
    chances = [chance_of(trial, calibration) for trial in told]
    figures = calibration_figures(told, calibration)
    rows: list[Row] = [
        (name.replace("_", " "), value)
        for name, value in figures.items()
        if isinstance(value, float)
    ]
    rows.append(("area under the ROC, answerable or not", _area(told, chances)))
    given = [(t, c) for t, c in zip(told, chances, strict=True) if t.correct]
    answered = [t for t, c in given if c >= calibration.threshold]
    rows.append(("right answers whose quote holds the answer", fmean(map(_quoted, answered))))
    sentences = sentences_in(examples)
    rows.append(("top BM25 sentence: right", share_right(chosen, word_sentence(sentences))))
    dense = vector_sentence(sentences, asked.embedder)
    rows.append(("top dense sentence: right", share_right(chosen, dense)))
    rows.append(("closed book (a paragraph of another article): right", closed_book(asked, chosen)))
    return [*rows, ("seconds to read 8 passages, median", seconds(asked, chosen, retriever))]


def ordering(asked: Asked, chosen: Sequence[Example], retriever: Retriever) -> list[Row]:
    """recall@1 and nDCG@10 of fusion alone and of the reader over the same passages."""
    ranks: dict[str, list[list[float]]] = {"fused": [], "reader": []}
    for example in chosen[: max(1, len(chosen) // 2)]:
        hits = retriever.retrieve(example.question, DEPTH).hits
        ranked, _ = read_hits(asked.reader, asked.embedder.embed, example.question, hits)
        for name, order in (("fused", hits), ("reader", ranked)):
            ranks[name].append([float(_bears(hit, example)) for hit in order])
    return [
        row
        for name, gains in ranks.items()
        for row in (
            (f"{name}: recall@1", fmean(first[0] if first else 0.0 for first in gains)),
            (f"{name}: recall@5", fmean(float(any(first[:5])) for first in gains)),
            (f"{name}: nDCG@10", fmean(_first_gain(first) for first in gains)),
        )
    ]


def follow_ups(asked: Asked, retriever: Retriever) -> list[Row]:
    """recall@5 of made follow-ups that need their history, by four ways to search."""
    gold = {row["id"]: row for row in read_set(asked.data, "squad1_train")}
    needing = [
        row
        for row in read_set(asked.data, "squad1_followup_rewrite")
        if split_of(row["title"]) == "test" and row["rewrite"] != row["question"]
    ]
    random.Random(0).shuffle(needing)
    ways: dict[str, Callable[[str, Sequence[Turn]], str]] = {
        "as it stands": lambda question, history: question,
        "behind its history": lambda question, history: " ".join(
            [*(q for q, _ in history), question]
        ),
        "as Footnote puts it": stand_alone,
    }
    if asked.writer is not None:
        ways["as the writer rewrote it"] = asked.writer.rewrite
    found: dict[str, list[float]] = {name: [] for name in (*ways, "as the set rewrites it")}
    for row in needing[: asked.questions]:
        (example,) = qa_examples([gold[row["id"].split("-", 1)[1]]], "test")
        history = [(question, answer) for question, answer in row["history"]]
        queries = {name: way(row["question"], history) for name, way in ways.items()}
        queries["as the set rewrites it"] = row["rewrite"]
        for name, query in queries.items():
            hits = retriever.retrieve(query, 5).hits
            found[name].append(float(any(_bears(hit, example) for hit in hits)))
    rows: list[Row] = []
    for name, values in found.items():
        interval = bootstrap(values, fmean)
        rows.append((name, f"{interval.value:.3f} ({interval.low:.3f} to {interval.high:.3f})"))
    return [("questions", str(len(found["as it stands"]))), *rows]


def closed_book(asked: Asked, chosen: Sequence[Example]) -> float:
    """Share right when the reader has a paragraph of another article only and must answer."""
    pairs = []
    for number, example in enumerate(chosen):
        others = (e for e in [*chosen[number:], *chosen] if e.title != example.title)
        pairs.append((example, next(others)))
    moved = [
        Example(e.question, other.passage, "", None, None, False, "", e.answers)
        for e, other in pairs
    ]
    return gold_figures(asked.reader, moved)["exact_match"] / 100


def seconds(asked: Asked, chosen: Sequence[Example], retriever: Retriever) -> float:
    """Median seconds to search, read 8 passages and compose an answer."""
    spent = []
    for example in chosen[:100]:
        begin = time.perf_counter()
        hits = retriever.retrieve(example.question, 8).hits
        _, evidence = read_hits(asked.reader, asked.embedder.embed, example.question, hits)
        if evidence:
            compose(kind_of(example.question), evidence)
        spent.append(time.perf_counter() - begin)
    return median(spent)


def _area(told: Sequence[Trial], chances: Sequence[float]) -> float:
    return roc_area(chances, [trial.answerable for trial in told])


def _quoted(trial: Trial) -> float:
    statements = compose(kind_of(trial.question), trial.evidence)
    quotes = [quote for statement in statements for quote in statement.quotes]
    return float(any(contains(quote.text, trial.answers) for quote in quotes))


def _bears(hit: Hit, example: Example) -> bool:
    """Whether a passage shows words of the example's own paragraph and holds its answer."""
    text, paragraph = " ".join(hit.passage.chunk.text.split()), " ".join(example.passage.split())
    pieces = (text[i : i + 40] for i in range(0, max(1, len(text) - 40), 40))
    return contains(text, example.answers) and any(piece in paragraph for piece in pieces)


def _first_gain(gains: Sequence[float]) -> float:
    """nDCG@10 where the first passage that bears the answer gains 1 and further ones nothing."""
    first = gains.index(1.0) if 1.0 in gains else None
    return ndcg_at([float(i == first) for i in range(len(gains))], [1.0], 10)


if __name__ == "__main__":
    main()
