"""The library as readers and the writer see it: search, filters, threads, and what is refused."""

import sqlite3
import threading
from pathlib import Path

import numpy as np
import pytest

from ingest.config import load_settings
from ingest.errors import (
    LibraryDamaged,
    LibraryError,
    LibraryLocked,
    LibraryMismatch,
    LibraryMissing,
)
from ingest.library import Library
from tests.doubles import HashedEmbedder
from tests.ingest.shelf import ANIMALS, make_library, put


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the place of a library of three documents."""
    return make_library(tmp_path / "library")


def files_of(library: Library, found: list[tuple[int, float]]) -> list[str]:
    """Return the files of rows found, in their order."""
    passages = library.passages(row for row, _ in found)
    return [passages[row].file for row, _ in found]


def test_search_by_vector_ranks_the_closest_text_first(path: Path) -> None:
    """The scores are cosines, the same as a product by hand."""
    question = HashedEmbedder().embed(["owls over fields at night"])[0]
    with Library.open(path) as library:
        found = library.search_vectors(question, 3)
        assert files_of(library, found)[0] == "notes/owls.md"
        by_hand = library.vectors([row for row, _ in found]) @ question
        assert [score for _, score in found] == pytest.approx(by_hand.tolist(), abs=1e-6)
        assert list(by_hand) == sorted(by_hand, reverse=True)


@pytest.mark.parametrize(
    ("patterns", "files"),
    [
        (["notes/owls.md"], ["notes/owls.md"]),
        (["owls.md"], ["notes/owls.md"]),
        (["*.pdf"], ["notes/bees.pdf"]),
        (["notes"], ["notes/bees.pdf", "notes/owls.md"]),
        (["./notes/", "foxes.*"], ["foxes.txt", "notes/bees.pdf", "notes/owls.md"]),
    ],
)
def test_names_folders_and_patterns_stand_for_files(
    path: Path, patterns: list[str], files: list[str]
) -> None:
    """A filter may be a path, a bare name, a folder or a pattern."""
    with Library.open(path) as library:
        assert library.match(patterns) == files


def test_a_pattern_that_matches_nothing_is_named(path: Path) -> None:
    """A misspelt filter is an error, not an empty answer."""
    with Library.open(path) as library, pytest.raises(LibraryError, match=r"'\*\.docx'"):
        library.match(["*.pdf", "*.docx"])


def test_both_searches_keep_to_the_files_given(path: Path) -> None:
    """A filter leaves only passages of its files, however close others are."""
    question = HashedEmbedder().embed([ANIMALS["foxes.txt"]])[0]
    with Library.open(path) as library:
        only = ["notes/owls.md"]
        assert files_of(library, library.search_vectors(question, 9, only)) == only
        assert library.search_words("foxes", 9, only) == []
        assert files_of(library, library.search_words("foxes or owls", 9, only)) == only
        assert library.search_vectors(question, 9, []) == []


def test_offsets_and_texts_come_back_as_they_were_written(path: Path) -> None:
    """A passage is a slice of its document's text."""
    with Library.open(path) as library:
        row, _ = library.search_words("flowers", 1)[0]
        passage = library.passages([row])[row]
        text = library.text(passage.file)
        assert text == ANIMALS["notes/bees.pdf"]
        assert text[passage.chunk.start : passage.chunk.end] == passage.chunk.text
        assert library.passages([row, 999]) == {row: passage}


def test_readers_see_what_a_writer_has_done(path: Path) -> None:
    """An open library finds new documents and no longer finds removed ones, in both searches."""
    question = HashedEmbedder().embed(["Wolves howl at the moon"])[0]
    with Library.open(path) as reader:
        assert reader.search_vectors(question, 1)[0][1] < 0.9
        with Library.open(path) as library, library.writer():
            put(library, "wolves.txt", "Wolves howl at the moon.")
            library.remove(["foxes.txt"])
        found = reader.search_vectors(question, 9)
        assert files_of(reader, found) == ["wolves.txt", *files_of(reader, found)[1:]]
        assert "foxes.txt" not in files_of(reader, found)
        assert files_of(reader, reader.search_words("wolves", 1)) == ["wolves.txt"]


def test_threads_read_and_write_at_once(path: Path) -> None:
    """Searches from several threads while another writes neither fail nor mix up rows."""
    question = HashedEmbedder().embed(["owls over fields at night"])[0]
    troubles: list[BaseException] = []
    done = threading.Event()

    def search(library: Library) -> None:
        try:
            while not done.is_set():
                first = library.search_vectors(question, 2)[:1]
                assert files_of(library, first) == ["notes/owls.md"]
                assert library.search_words("owls", 1)
        except BaseException as error:
            troubles.append(error)

    with Library.open(path) as library:
        threads = [threading.Thread(target=search, args=(library,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        with library.writer():
            for number in range(25):
                put(library, f"{number}.txt", f"Number {number} is about boats.")
            library.refresh_index()
        done.set()
        for thread in threads:
            thread.join()
        assert troubles == []
        library.check()


@pytest.mark.parametrize(
    "vector", [np.full(64, np.nan), np.zeros(64), np.ones(64), np.ones(32) / 32**0.5]
)
def test_a_vector_that_is_no_unit_vector_is_refused(path: Path, vector: np.ndarray) -> None:
    """NaN, zero, long and foreign vectors are errors rather than strange answers."""
    with Library.open(path) as library, pytest.raises(LibraryError):
        library.search_vectors(vector.astype(np.float32), 3)


def test_writing_needs_the_lock(path: Path) -> None:
    """A library that is open for reading cannot be changed."""
    with Library.open(path) as library, pytest.raises(LibraryError, match="for reading only"):
        library.remove(["foxes.txt"])


def test_there_is_one_writer(path: Path) -> None:
    """A second one is refused, and may write as soon as the first is done."""
    with Library.open(path) as first, Library.open(path) as second:
        with first.writer():
            with pytest.raises(LibraryLocked, match="wait until it ends"):
                with second.writer():
                    pass
        with second.writer():
            second.remove(["foxes.txt"])


def test_a_missing_library_names_the_command_that_makes_it(tmp_path: Path) -> None:
    """The message can be copied into a terminal."""
    with pytest.raises(LibraryMissing, match=r"run `footnote ingest FOLDER --library .*nothing`"):
        Library.open(tmp_path / "nothing")


def test_a_creation_that_was_cut_short_is_no_library(tmp_path: Path) -> None:
    """An empty database is missing to a reader and made to a writer."""
    (tmp_path / "library.sqlite").touch()
    with pytest.raises(LibraryMissing):
        Library.open(tmp_path)
    with Library.create(tmp_path, HashedEmbedder(), load_settings()) as library:
        assert library.counts() == (0, 0)


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    """No library is made among files that are not one."""
    (tmp_path / "thesis.md").write_text("mine")
    for make in (Library.create, Library.rebuild):
        with pytest.raises(LibraryError, match="is not a library"):
            make(tmp_path, HashedEmbedder(), load_settings())
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.md"]


def test_a_library_of_another_embedder_is_refused(path: Path) -> None:
    """The message names both and the command that mends it."""
    with pytest.raises(LibraryMismatch, match=r"hashed-words:64, not other:64.*--rebuild`"):
        Library.open(path, "other:64")
    with Library.open(path, "hashed-words:64") as library:
        assert library.counts()[0] == 3


@pytest.mark.parametrize(("version", "age"), [(99, "a newer"), (0, "an older")])
def test_a_library_of_another_format_is_refused(path: Path, version: int, age: str) -> None:
    """Neither a newer nor an older format is read as if it were this one."""
    with sqlite3.connect(path / "library.sqlite") as database:
        database.execute(f"PRAGMA user_version = {version}")
    database.close()
    with pytest.raises(LibraryMismatch, match=f"made by {age} version"):
        Library.open(path)
    with Library.rebuild(path, HashedEmbedder(), load_settings()) as library:
        assert library.counts() == (0, 0)


def test_a_foreign_database_is_refused(tmp_path: Path) -> None:
    """An SQLite file of another program under our name is not a library."""
    with sqlite3.connect(tmp_path / "library.sqlite") as database:
        database.execute("CREATE TABLE photos (name TEXT)")
    database.close()
    with pytest.raises(LibraryDamaged, match="--rebuild"):
        Library.open(tmp_path)


def test_a_reader_notices_a_rebuild_by_another_embedder(path: Path) -> None:
    """Questions embedded by the old model are not asked of vectors of the new one."""
    question = HashedEmbedder().embed(["owls"])[0]
    with Library.open(path) as reader:
        reader.search_vectors(question, 1)
        other = HashedEmbedder(name="other")
        with Library.rebuild(path, other, load_settings()) as library, library.writer():
            put(library, "owls.txt", "Owls.", other)
        with pytest.raises(LibraryMismatch, match="open it again"):
            reader.search_vectors(question, 1)
