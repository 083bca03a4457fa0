"""What is left of a library when its writer is killed, interrupted, or runs out of disk."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ingest.config import load_settings
from ingest.library import Library
from ingest.pipeline import ingest
from tests.doubles import HashedEmbedder

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {"chunk_tokens": 40}
FILES = 12
KILLS = 15


def child(folder: Path, library: Path, *extra: str) -> "subprocess.Popen[str]":
    """Start an ingest in another process."""
    command = [sys.executable, "-m", "tests.ingest.child", str(folder), str(library), *extra]
    return subprocess.Popen(
        command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def write_version(folder: Path, file: str, version: int) -> str:
    """Write one version of a document and return its text."""
    paragraphs = [f"In {file}, version {version}, part {part} tells of foxes." for part in range(9)]
    text = "\n\n".join(paragraphs) + "\n"
    (folder / file).write_text(text)
    return text


def contents(library: Path) -> dict[str, tuple[str, bytes]]:
    """Return text and vector of each chunk by its id, after a check of every row."""
    with Library.open(library) as opened:
        opened.check()
        found = {}
        for record in opened.documents():
            rows = opened._store.rows([record.file]).tolist()
            vectors = opened.vectors(rows)
            for vector, passage in zip(vectors, opened.passages(rows).values(), strict=True):
                found[passage.chunk.id] = (passage.chunk.indexed_text, vector.tobytes())
        return found


def test_a_killed_ingest_leaves_whole_documents_and_the_next_one_goes_on(tmp_path: Path) -> None:
    """Kills at random moments leave each document old or new; nothing committed is redone."""
    folder, library, chance = tmp_path / "folder", tmp_path / "library", random.Random(11)
    folder.mkdir()
    versions: dict[str, set[str]] = {}
    committed = 0
    for kill in range(KILLS):
        for number in range(FILES):
            file = f"{number}.txt"
            versions.setdefault(file, set()).add(write_version(folder, file, kill))
        process = child(folder, library)
        for _ in range(chance.randrange(2, FILES + 2)):
            process.stdout.readline()
        time.sleep(chance.random() * 0.03)
        process.kill()
        _, trouble = process.communicate()
        assert not trouble
        if not (library / "library.sqlite").exists():
            continue
        contents(library)
        with Library.open(library) as opened:
            files = [record.file for record in opened.documents()]
            assert all(opened.text(file) in versions[file] for file in files)
            new = sum(opened.text(file) == (folder / file).read_text() for file in files)
            committed += new
    assert 0 < committed < KILLS * FILES
    done = {text for text, _ in contents(library).values()}
    embedder = HashedEmbedder()
    ingest(folder, library, load_settings(**SETTINGS), embedder)
    assert done.isdisjoint(embedder.texts)
    ingest(folder, tmp_path / "fresh", load_settings(**SETTINGS), HashedEmbedder())
    assert contents(library) == contents(tmp_path / "fresh")


@pytest.mark.parametrize("limit", [40_000, 100_000, 150_000])
def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path, limit: int) -> None:
    """A write that fails ends in one line; what was committed stays and the rest can follow."""
    folder, library = tmp_path / "folder", tmp_path / "library"
    folder.mkdir()
    for number in range(30):
        write_version(folder, f"{number}.txt", 1)
    process = child(folder, library, str(limit))
    _, trouble = process.communicate()
    assert process.returncode == 1
    assert trouble.startswith("LibraryError: ") and trouble.count("\n") == 1
    assert "free some space" in trouble
    before = contents(library) if (library / "library.sqlite").stat().st_size else {}
    embedder = HashedEmbedder()
    report = ingest(folder, library, load_settings(**SETTINGS), embedder)
    assert report.chunks == len(contents(library)) > len(before)
    assert {text for text, _ in before.values()}.isdisjoint(embedder.texts)


class InterruptedEmbedder(HashedEmbedder):
    """Stands for a person who presses Ctrl-C while the second batch is embedded."""

    def embed(self, texts: list[str]) -> "object":
        """Embed once, then be interrupted."""
        if self.texts:
            raise KeyboardInterrupt
        return super().embed(texts)


def test_ctrl_c_keeps_what_was_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt in the middle keeps the documents before it, searchable at once."""
    monkeypatch.setattr("ingest.pipeline.BATCH_FILES", 2)
    folder, library = tmp_path / "folder", tmp_path / "library"
    folder.mkdir()
    for number in range(6):
        write_version(folder, f"{number}.txt", 1)
    with pytest.raises(KeyboardInterrupt):
        ingest(folder, library, load_settings(**SETTINGS), InterruptedEmbedder())
    with Library.open(library) as opened:
        opened.check()
        assert [record.file for record in opened.documents()] == ["0.txt", "1.txt"]
    assert (library / "CURRENT").read_text().startswith("gen-")
    embedder = HashedEmbedder()
    report = ingest(folder, library, load_settings(**SETTINGS), embedder)
    assert report.unchanged == ("0.txt", "1.txt")
    assert not any("0.txt" in text or "1.txt" in text for text in embedder.texts)


def test_a_long_document_is_not_embedded_from_its_start_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a document that was interrupted within, the finished batches are not embedded twice."""
    monkeypatch.setattr("ingest.pipeline.BATCH_CHUNKS", 4)
    folder, library = tmp_path / "folder", tmp_path / "library"
    folder.mkdir()
    (folder / "long.txt").write_text(
        "\n\n".join(f"Here the long tale has come to part {n} of many. " * 3 for n in range(24))
    )
    first, second = InterruptedEmbedder(), HashedEmbedder()
    with pytest.raises(KeyboardInterrupt):
        ingest(folder, library, load_settings(**SETTINGS), first)
    ingest(folder, library, load_settings(**SETTINGS), second)
    assert len(first.texts) == 4
    assert second.texts and set(first.texts).isdisjoint(second.texts)
    with Library.open(library) as opened:
        opened.check()
        assert opened.counts()[1] == len(first.texts) + len(second.texts)
