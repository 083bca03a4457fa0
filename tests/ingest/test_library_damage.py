"""Files of a library that are not what was written: found, told, and mended."""

import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from ingest.config import load_settings
from ingest.errors import LibraryDamaged, LibraryError
from ingest.library import Library
from tests.doubles import HashedEmbedder
from tests.ingest.shelf import ANIMALS, make_library, put


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the place of a library of three documents."""
    return make_library(tmp_path / "library")


def answers(path: Path) -> list[tuple[int, float]]:
    """Return what a search by vector finds."""
    with Library.open(path) as library:
        return library.search_vectors(HashedEmbedder().embed(["owls hunt at night"])[0], 3)


def flip(file: Path, position: int) -> None:
    """Change one bit of a file."""
    data = bytearray(file.read_bytes())
    data[position] ^= 1 << (position % 8)
    file.write_bytes(data)


def vector_file(path: Path) -> Path:
    """Return the FAISS file in force."""
    return next(path.glob("gen-*/vectors.faiss"))


def cut(path: Path) -> None:
    """Tear the end off the vector file."""
    data = vector_file(path).read_bytes()
    vector_file(path).write_bytes(data[: len(data) // 2])


def swap(path: Path) -> None:
    """Put the whole generation of another library in the place of this one's."""
    other = make_library(path.parent / "other", {"a.txt": "Another.", "b.txt": "Text."})
    for name in ("CURRENT", "gen-000001"):
        source, target = other / name, path / name
        if target.is_dir():
            shutil.rmtree(target)
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)


@pytest.mark.parametrize(
    "damage",
    [
        cut,
        swap,
        lambda path: vector_file(path).unlink(),
        lambda path: vector_file(path).write_bytes(b""),
        lambda path: vector_file(path).write_bytes(random.Random(3).randbytes(4000)),
        lambda path: (path / "CURRENT").write_text("gen-000001"),
        lambda path: (path / "CURRENT").write_text("../../etc 00"),
        lambda path: (path / "CURRENT").unlink(),
        lambda path: shutil.rmtree(path / "gen-000001"),
        lambda path: flip(path / "gen-000001" / "manifest.json", 40),
    ],
)
def test_a_damaged_index_is_made_again_from_the_database(path: Path, damage: object) -> None:
    """Readers get the same answers as before, and the next writer publishes a whole index."""
    before = answers(path)
    damage(path)
    assert answers(path) == before
    with Library.open(path) as library, library.writer():
        library.refresh_index()
    assert vector_file(path).stat().st_size > 64 * 4 * 3
    assert answers(path) == before


def test_every_flipped_bit_of_the_index_is_found(path: Path) -> None:
    """No flip anywhere in the vector file changes an answer."""
    before, whole = answers(path), vector_file(path).read_bytes()
    chance = random.Random(5)
    for _ in range(60):
        flip(vector_file(path), chance.randrange(len(whole)))
        assert answers(path) == before
        vector_file(path).write_bytes(whole)


@pytest.mark.parametrize(
    ("statement", "use"),
    [
        ("UPDATE chunks SET text = replace(text, 'night', 'might')", "passages"),
        ("UPDATE chunks SET page = 7", "passages"),
        ("UPDATE chunks SET document = 1", "passages"),
        ("UPDATE documents SET title = 'Another'", "passages"),
        ("UPDATE documents SET text = replace(text, 'night', 'might')", "text"),
        ("UPDATE documents SET text = CAST(x'ff41ff' AS TEXT)", "text"),
        ("UPDATE vectors SET vector = zeroblob(256)", "vectors"),
        ("UPDATE vectors SET vector = x'00'", "vectors"),
        ("DELETE FROM vectors WHERE row = 2", "vectors"),
        ("DELETE FROM meta WHERE key = 'manifest'", "open"),
        ("UPDATE meta SET value = replace(value, '64', '65')", "open"),
        ("UPDATE documents SET reason = 'x', notes = '['", "records"),
        ("DROP TABLE chunks", "passages"),
    ],
)
def test_an_altered_row_is_an_error_and_never_an_answer(
    path: Path, statement: str, use: str
) -> None:
    """Each read checks what it reads; the message holds the command that mends it."""
    with sqlite3.connect(path / "library.sqlite") as database:
        database.execute(statement)
    database.close()
    shutil.rmtree(path / "gen-000001")
    with (
        pytest.raises(LibraryDamaged, match="is damaged .*--rebuild`"),
        Library.open(path) as library,
    ):
        if use == "passages":
            library.passages([1, 2, 3])
        elif use == "records":
            library.documents()
        elif use == "text":
            library.text("notes/owls.md")
        else:
            library.search_vectors(HashedEmbedder().embed(["owls"])[0], 3)


def test_flipped_bits_of_the_database_never_change_an_answer(path: Path) -> None:
    """With a bit flipped anywhere, a read gives what was written or an error of ours."""
    database = path / "library.sqlite"
    whole, chance = database.read_bytes(), random.Random(7)
    written = [position for position, byte in enumerate(whole) if byte]
    found = 0
    for _ in range(150):
        flip(database, chance.choice(written))
        try:
            with Library.open(path) as library:
                passages = library.passages([1, 2, 3])
                assert {p.chunk.text for p in passages.values()} <= set(ANIMALS.values())
                for file in ANIMALS:
                    assert library.text(file) == ANIMALS[file]
                library.check()
        except LibraryError:
            found += 1
        database.write_bytes(whole)
    assert found > 20


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 300, None])
def test_a_rebuild_mends_a_database_beyond_reading(path: Path, content: bytes | None) -> None:
    """It is set aside, not overwritten, and the new library works."""
    database = path / "library.sqlite"
    if content is None:
        data = bytearray(database.read_bytes())
        data[4096:] = random.Random(1).randbytes(len(data) - 4096)
        content = bytes(data)
    database.write_bytes(content)
    with Library.rebuild(path, HashedEmbedder(), load_settings()) as library, library.writer():
        put(library, "new.txt", "Whole again.")
        library.refresh_index()
        library.check()
        assert library.counts() == (1, 1)
    if content:
        assert (path / "library.sqlite.damaged").read_bytes() == content


def test_a_database_put_back_to_an_old_copy_gets_its_own_index(path: Path) -> None:
    """Vectors of passages that came after the copy are not taken for those written since."""
    copy = (path / "library.sqlite").read_bytes()
    with Library.open(path) as library, library.writer():
        put(library, "wolves.txt", "Wolves howl at the moon.")
        library.refresh_index()
    (path / "library.sqlite").write_bytes(copy)
    with Library.open(path) as library, library.writer():
        put(library, "ships.txt", "Ships sail the seas.")
    with Library.open(path) as library:
        row, score = library.search_vectors(HashedEmbedder().embed(["wolves howl"])[0], 1)[0]
        (ship,) = library.search_words("ships", 1)
        vectors = library.vectors([ship[0]])
        expected = HashedEmbedder().embed(["ships.txt\nShips sail the seas."])
        assert (vectors == expected).all() and score < 0.9
