"""No file can hang, crash or swell the program that reads it."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.errors import DocumentError
from ingest.isolation import ParserPool
from ingest.loaders import load
from tests.ingest.pdf_files import write_bomb, write_pages

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="limits are those of Unix")


@pytest.fixture
def pool() -> Iterator[ParserPool]:
    """Return a pool with limits that a test can wait for."""
    with ParserPool(seconds=1, memory_mb=400) as pool:
        yield pool


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    """Return a page that takes its parser minutes: its time grows with the square of its depth."""
    path = tmp_path / "endless.html"
    path.write_text("<div>" * 200_000)
    return path


def child(pool: ParserPool) -> int | None:
    """Return the process id of the pool's child."""
    return pool._process.pid if pool._process is not None else None


def test_document_is_the_same_as_without_a_child(pool: ParserPool, tmp_path: Path) -> None:
    """Text, pages, headings, tables and notes all come through the pipe unchanged."""
    page = tmp_path / "a.md"
    page.write_text("# Ä “title” 🙂\n\ntext\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    book = write_pages(tmp_path / "b.pdf", [["Words of the first page."], ["And of the second."]])

    assert pool.load(page) == load(page)
    assert pool.load(book) == load(book)


def test_child_is_used_again(pool: ParserPool, tmp_path: Path) -> None:
    """Good files and files refused with a reason are read by one and the same process."""
    good, empty = tmp_path / "good.txt", tmp_path / "empty.txt"
    good.write_text("fine")
    empty.touch()
    pool.load(good)
    first = child(pool)

    with pytest.raises(DocumentError, match=r"^empty$"):
        pool.load(empty)
    pool.load(good)

    assert child(pool) == first


def test_file_that_takes_too_long_is_given_up(pool: ParserPool, endless: Path) -> None:
    """The processor time of one file is limited, and the next file is read as usual."""
    after = endless.with_name("after.txt")
    after.write_text("still here")

    with pytest.raises(DocumentError, match=r"^took longer than \d s to parse$"):
        pool.load(endless)

    assert pool.load(after).text == "still here"


def test_time_limit_counts_for_each_file_alone(tmp_path: Path) -> None:
    """A child that has read for long in all is not killed for the sum."""
    path = tmp_path / "large.html"
    path.write_text("<p>word <b>by</b> word</p>\n" * 20_000)
    with ParserPool(seconds=1) as pool:
        started = time.monotonic()
        while time.monotonic() - started < 2.5:
            pool.load(path)


def test_lack_of_memory_is_named(tmp_path: Path) -> None:
    """A PDF of 800 bytes that would take gigabytes ends at a limit; the next file is read."""
    with ParserPool(seconds=60, memory_mb=300) as pool:
        with pytest.raises(DocumentError, match="^needs more than 300 MB to parse$"):
            pool.load(write_bomb(tmp_path / "bomb.pdf"))
        after = tmp_path / "after.txt"
        after.write_text("still here")

        assert pool.load(after).text == "still here"


def test_crash_of_a_parser_is_a_reason(endless: Path) -> None:
    """A child that dies of a signal costs its file and nothing else."""
    after = endless.with_name("after.txt")
    after.write_text("still here")
    with ParserPool(seconds=60) as pool:
        pool.load(after)
        victim = child(pool)
        assert victim is not None
        threading.Timer(0.3, os.kill, (victim, signal.SIGSEGV)).start()

        with pytest.raises(DocumentError, match=r"^its parser crashed \(signal 11\)$"):
            pool.load(endless)

        assert pool.load(after).text == "still here"
        assert child(pool) != victim


def test_child_that_died_while_idle_is_replaced(pool: ParserPool, tmp_path: Path) -> None:
    """The system may end an idle child; the next file does not notice."""
    path = tmp_path / "a.txt"
    path.write_text("words")
    pool.load(path)
    idle = pool._process
    assert idle is not None
    idle.kill()
    idle.wait()

    assert pool.load(path).text == "words"


def test_folder_a_person_works_in_provides_no_code(
    pool: ParserPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file called json.py among the documents is never run."""
    (tmp_path / "json.py").write_text("raise SystemExit('run')")
    (tmp_path / "a.txt").write_text("words")
    monkeypatch.chdir(tmp_path)

    assert pool.load(Path("a.txt")).text == "words"


def test_name_that_is_no_unicode_is_read(pool: ParserPool, tmp_path: Path) -> None:
    """A file named in another encoding reaches the child under its own name."""
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))
    path.write_text("words")

    assert pool.load(path).text == "words"


def test_no_child_is_left_behind(tmp_path: Path) -> None:
    """Leaving the pool ends its process."""
    path = tmp_path / "a.txt"
    path.write_text("words")
    with ParserPool() as pool:
        pool.load(path)
        last = child(pool)
        assert last is not None

    with pytest.raises(ProcessLookupError):
        os.kill(last, 0)
