"""Toy training sets about the bridges of towns, and a reader small enough to learn them at once."""

import gzip
import json
import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from ingest.weights import bundled_folder
from rag.calibration import FEATURES, Calibration, save_calibration
from rag.models import ReaderConfig, ReaderModel
from rag.training.examples import Example
from rag.training.own_lessons import OwnLessons

TOWNS = (
    "Arden Brill Corve Dunlin Eskdale Fenwick Garth Hollin Irthing Jarrow Kelso Lorton Morpeth "
    "Norham Ormsby Penrith Quorn Romsey Selby Thirsk"
).split()


def town_row(town: str, number: int) -> dict[str, Any]:
    """Return one question about one town, in the form of the data sets."""
    context = f"{town} has a stone bridge. It was opened in {1800 + number} by the mayor."
    return {
        "id": f"{town}-{number}",
        "title": f"{town} {number}",
        "question": f"When was bridge {number} of {town} opened?",
        "context": context,
        "answers": [{"text": str(1800 + number), "start": context.index(str(1800 + number))}],
    }


def write_set(folder: Path, name: str, rows: Iterable[dict[str, Any]]) -> None:
    """Write one training set of a data folder."""
    (folder / "train").mkdir(exist_ok=True)
    with gzip.open(folder / "train" / f"{name}.jsonl.gz", "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in rows)


def town_example(number: int) -> Example:
    """Return the question when the bridge of one of any number of towns was opened.

    No two have the same year, and what stands before it is of varying length.
    """
    town, year = f"{TOWNS[number % 20]} {'by the river ' * (number % 4)}", str(1800 + number)
    passage = f"{town}has a stone bridge. It was opened in {year} by the mayor."
    start = passage.index(year)
    question = f"When was bridge {number} of {town.strip()} opened?"
    return Example(question, passage, "", start, start + 4, True, "", (year,))


def write_rows(path: Path, examples: Iterable[Example]) -> None:
    """Write examples as a person's own rows."""
    lines = (
        {
            "question": e.question,
            "passage": e.passage,
            "answer": e.answers[0] if e.answers else None,
        }
        for e in examples
    )
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))


def write_tiny_reader(folder: Path, seed: int = 0) -> None:
    """Write an untrained reader of one small layer, with a calibration that never abstains."""
    import torch

    torch.manual_seed(seed)
    config = ReaderConfig(
        vocab_size=30522,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
    )
    ReaderModel(config).save_pretrained(folder)
    shutil.copy(bundled_folder() / "tokenizer.json", folder)
    save_calibration(Calibration((0.1,) * len(FEATURES), 0.0, threshold=0.0), folder)


def town_lessons(trained: int = 120, held_out: int = 32) -> OwnLessons:
    """Return what is easily learned: where the year stands, and that some passages have none."""
    answered = [town_example(number) for number in range(trained + held_out)]
    vain = [
        replace(
            e, passage=f"{e.passage[:8]} is a quiet place.", start=None, end=None, relevant=False
        )
        for e in answered
    ]
    return OwnLessons(
        (*answered[held_out:], *vain[held_out:]), (*answered[:held_out], *vain[:held_out]), ()
    )
