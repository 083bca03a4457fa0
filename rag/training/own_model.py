"""The folder of a reader that a person trained: where it goes, and what lies in it.

It is made in a folder beside its own, ``.NAME``, where a run that was stopped goes on, and takes
its place by one rename once it is whole. The weights that were installed are never written.
"""

import datetime
import hashlib
import json
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rag import models
from rag.errors import ModelError
from rag.training.loop import Schedule
from rag.training.reading import Lesson

_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_PACKAGE = models.READER_FOLDER.parents[2]


@dataclass(frozen=True, slots=True)
class OwnModel:
    """A name in the folder of a person's models."""

    models: Path
    name: str

    @property
    def folder(self) -> Path:
        """Where the finished reader lies."""
        return self.models / self.name

    @property
    def run(self) -> Path:
        """Where it is trained."""
        return self.models / f".{self.name}"

    def check(self) -> None:
        """Raise ModelError when the name cannot be used, is taken, or leads into the program."""
        if not _NAME.fullmatch(self.name) or self.name == "footnote-reader":
            raise ModelError(
                f"{self.name!r} cannot be the name of a reader of your own: "
                f"pass another --name, of letters, digits, dots, dashes and underscores"
            )
        if self.folder.resolve().is_relative_to(_PACKAGE.resolve()):
            raise ModelError(
                f"{self.folder} lies in the installed program, whose weights are never written: "
                f"name another folder in the setting models"
            )
        if self.folder.exists():
            raise ModelError(
                f"there is a reader in {self.folder} already: pass another --name, or delete it"
            )

    def prepare(self, start: Path, lessons: Sequence[Lesson], schedule: Schedule) -> None:
        """Make the folder of the run, or keep one that was stopped in the same training."""
        made_of = _fingerprint(start, lessons, schedule)
        mark = self.run / "made-of.txt"
        if not mark.is_file() or mark.read_text() != made_of:
            shutil.rmtree(self.run, ignore_errors=True)
            try:
                self.run.mkdir(parents=True)
                mark.write_text(made_of)
            except OSError as error:
                raise ModelError(
                    f"cannot write to {self.models} ({error.strerror}): "
                    f"name another folder in the setting models"
                ) from error

    def publish(self, exported: Path) -> None:
        """Put the finished reader in its place and remove the run."""
        shutil.copyfile(self.run / "curve.jsonl", exported / "curve.jsonl")
        os.replace(exported, self.folder)
        self.discard()

    def discard(self) -> None:
        """Remove the run."""
        shutil.rmtree(self.run)


def write_card(folder: Path, name: str, start: Path, facts: Sequence[str]) -> None:
    """Write ``folder/README.md``: what the reader was made of, when, and how good it is."""
    today = datetime.date.today().isoformat()
    opening = f"A reader of Footnote, trained on {today} on questions of its owner."
    lines = [f"# {name}", opening, f"Start: {_start_name(start)}.", *facts]
    (folder / "README.md").write_text("\n\n".join(lines) + "\n", encoding="utf-8")


def _start_name(start: Path) -> str:
    if start == models.READER_FOLDER:
        return "the weights that come with Footnote (CC BY-SA 4.0)"
    return str(start)


def _fingerprint(start: Path, lessons: Sequence[Lesson], schedule: Schedule) -> str:
    """Return one hash of all that decides the training, its length aside."""
    digest = hashlib.sha256()
    with (start / "model.safetensors").open("rb") as weights:
        digest.update(hashlib.file_digest(weights, "sha256").digest())
    digest.update(json.dumps([asdict(lesson) for lesson in lessons]).encode())
    digest.update(f"{schedule.rate} {schedule.seed} {schedule.max_length}".encode())
    return digest.hexdigest()
