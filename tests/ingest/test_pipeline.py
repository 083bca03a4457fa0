"""Ingesting a folder again and again: what is read, embedded, kept, and forgotten."""

import os
import time
from pathlib import Path

import pytest

from ingest.config import Settings, load_settings
from ingest.errors import FolderError, LibraryLocked, LibraryMismatch
from ingest.library import Library
from ingest.pipeline import ingest
from ingest.progress import Progress
from ingest.types import IngestReport
from tests.doubles import HashedEmbedder

LONG_AGO = 1_600_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of three documents, one of them below another folder."""
    root = tmp_path / "folder"
    (root / "below").mkdir(parents=True)
    write(root / "foxes.txt", "Foxes sleep in dens under old trees.")
    write(root / "below" / "owls.md", "# Owls\n\nOwls hunt at night over open fields.\n")
    write(root / "bees.html", "<title>Bees</title><p>Bees tell each other where flowers are.</p>")
    return root


def write(path: Path, text: str, age: int = 0) -> None:
    """Write a file whose time is long past, so that it alone vouches for the content."""
    path.write_text(text, encoding="utf-8")
    os.utime(path, (LONG_AGO + age, LONG_AGO + age))


def run(
    folder: Path, embedder: HashedEmbedder | None = None, rebuild: bool = False, **settings: object
) -> IngestReport:
    """Ingest into the library beside the folder."""
    return ingest(
        *(folder, folder.parent / "library", load_settings(**settings)),
        embedder=embedder or HashedEmbedder(),
        rebuild=rebuild,
    )


def opened(folder: Path) -> Library:
    """Open the library beside the folder."""
    return Library.open(folder.parent / "library")


def test_a_first_ingest_adds_every_document(folder: Path) -> None:
    """All files are added, by paths relative to the folder, and can be found."""
    report = run(folder)
    assert report.added == ("bees.html", "below/owls.md", "foxes.txt")
    assert (report.updated, report.unchanged, report.removed, report.skipped) == ((), (), (), ())
    with opened(folder) as library:
        assert library.folder == folder
        assert library.counts() == (3, report.chunks)
        row, _ = library.search_words("Where do foxes sleep?", 1)[0]
        assert library.passages([row])[row].file == "foxes.txt"
        library.check()


def test_an_unchanged_folder_is_neither_read_nor_embedded(folder: Path) -> None:
    """A second ingest opens no file, and leaves library and index byte for byte as they were."""
    run(folder)
    library = folder.parent / "library"
    before = {path: path.read_bytes() for path in library.rglob("*") if path.is_file()}
    for path in folder.rglob("*.*"):
        path.chmod(0)
    embedder = HashedEmbedder()
    report = run(folder, embedder)
    assert report.unchanged == ("bees.html", "below/owls.md", "foxes.txt")
    assert embedder.texts == []
    assert before == {path: path.read_bytes() for path in library.rglob("*") if path.is_file()}


def test_only_a_changed_document_is_embedded_again(folder: Path) -> None:
    """The new text replaces the old one everywhere."""
    run(folder)
    write(folder / "foxes.txt", "Foxes swim across cold rivers.", age=1)
    embedder = HashedEmbedder()
    report = run(folder, embedder)
    assert report.updated == ("foxes.txt",)
    assert report.unchanged == ("bees.html", "below/owls.md")
    assert len(embedder.texts) == 1 and "rivers" in embedder.texts[0]
    with opened(folder) as library:
        assert library.text("foxes.txt").strip() == "Foxes swim across cold rivers."
        assert library.search_words("dens", 5) == []
        library.check()


def test_a_new_time_alone_embeds_nothing(folder: Path) -> None:
    """A file that was only touched is compared by its content."""
    run(folder)
    os.utime(folder / "foxes.txt", (LONG_AGO + 9, LONG_AGO + 9))
    embedder = HashedEmbedder()
    assert "foxes.txt" in run(folder, embedder).unchanged
    assert embedder.texts == []
    with opened(folder) as library:
        record = next(r for r in library.documents() if r.file == "foxes.txt")
        assert record.mtime == (LONG_AGO + 9) * 1_000_000_000


def test_a_change_within_the_same_instant_and_size_is_seen(folder: Path) -> None:
    """A file as young as the ingest is compared by its content the next time."""
    path = folder / "fresh.txt"
    path.write_text("The answer is one.")
    moment = time.time_ns()
    os.utime(path, ns=(moment, moment))
    run(folder)
    path.write_text("The answer is two.")
    os.utime(path, ns=(moment, moment))
    assert run(folder).updated == ("fresh.txt",)


@pytest.mark.parametrize("target", ["elsewhere/foxes.txt", "renamed.txt"])
def test_a_moved_document_costs_no_embedding(folder: Path, target: str) -> None:
    """A file in another place or of another name is found there, without a word embedded."""
    run(folder)
    (folder / target).parent.mkdir(exist_ok=True)
    (folder / "foxes.txt").rename(folder / target)
    embedder = HashedEmbedder()
    report = run(folder, embedder)
    assert (report.added, report.removed) == ((target,), ("foxes.txt",))
    assert embedder.texts == []
    with opened(folder) as library:
        row, _ = library.search_words("dens", 1)[0]
        assert library.passages([row])[row].file == target
        library.check()


def test_a_deleted_document_leaves_no_byte_of_it_behind(folder: Path) -> None:
    """After the next ingest its words are in no file of the library."""
    write(folder / "secret.txt", "The password of the vault is Xylophonquartz.")
    run(folder)
    files = list((folder.parent / "library").rglob("*"))
    assert any(b"xylophonquartz" in p.read_bytes().lower() for p in files if p.is_file())
    (folder / "secret.txt").unlink()
    assert run(folder).removed == ("secret.txt",)
    for path in (folder.parent / "library").rglob("*"):
        if path.is_file():
            content = path.read_bytes().lower()
            assert b"xylophon" not in content and b"secret" not in content, path
    with opened(folder) as library:
        assert library.search_words("Xylophonquartz", 5) == []
        library.check()


def test_the_same_text_is_embedded_once(folder: Path) -> None:
    """Copies of a passage under the same title share one embedding, in one run and the next."""
    for name in ("one", "two"):
        (folder / name).mkdir()
        write(folder / name / "copy.md", "# Copy\n\nThe same words in two places.\n")
    embedder = HashedEmbedder()
    run(folder, embedder)
    assert sum("same words" in text for text in embedder.texts) == 1
    write(folder / "later.md", "# Copy\n\nThe same words in two places.\n")
    later = HashedEmbedder()
    run(folder, later)
    assert later.texts == []


def test_what_cannot_be_read_is_skipped_with_its_reason(folder: Path) -> None:
    """Bad files are listed with reasons; the good ones are there all the same."""
    write(folder / "empty.txt", "")
    write(folder / "broken.pdf", "not a PDF at all")
    write(folder / "picture.png", "x")
    (folder / "large.txt").write_bytes(b"x " * 600_000)
    os.mkfifo(folder / "pipe.txt")
    report = run(folder, max_file_mb=1)
    reasons = {skipped.file: skipped.reason for skipped in report.skipped}
    assert len(report.added) == 3
    assert reasons["empty.txt"] == "empty"
    assert reasons["picture.png"] == "unknown format .png"
    assert reasons["large.txt"].startswith("larger than 1 MB")
    assert reasons["pipe.txt"] == "not a regular file"
    assert "broken.pdf" in reasons and len(reasons) == 5
    with opened(folder) as library:
        kept = {r.file: r.reason for r in library.documents() if r.status == "skipped"}
        assert kept == reasons


def test_a_damaged_file_is_parsed_again_only_after_a_change(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unchanged bad file keeps its reason without another try; other limits give it one."""
    write(folder / "broken.pdf", "not a PDF at all")
    reason = run(folder).skipped[0].reason
    monkeypatch.setattr("ingest.reading.Reader._read", None)
    assert run(folder).skipped[0].reason == reason
    monkeypatch.undo()
    write(folder / "broken.pdf", "", age=1)
    assert run(folder).skipped[0].reason == "empty"
    monkeypatch.setattr("ingest.reading.Reader._read", None)
    with pytest.raises(TypeError):
        run(folder, parse_seconds=7)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_skipped(folder: Path) -> None:
    """The reason says that it may not be read."""
    (folder / "foxes.txt").chmod(0)
    skipped = run(folder).skipped
    assert [s.file for s in skipped] == ["foxes.txt"]
    assert "ermission denied" in skipped[0].reason


def test_a_file_that_cannot_be_read_for_now_stays(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A read error is reported, and the text from before is not thrown away for it."""
    run(folder)
    write(folder / "foxes.txt", "Foxes swim.", age=1)

    def refuse(found: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("ingest.reading._facts", refuse)
    report = run(folder)
    assert [(s.file, s.reason) for s in report.skipped] == [
        ("foxes.txt", "cannot be read: Permission denied")
    ]
    with opened(folder) as library:
        assert "dens" in library.text("foxes.txt")


def test_a_file_that_keeps_changing_is_skipped(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After two tries a file that never holds still is left for the next ingest."""
    moments = iter(range(1, 100))
    monkeypatch.setattr("ingest.reading._facts", lambda found: (found.size, next(moments), 1))
    with pytest.raises(FolderError, match="changed while it was read"):
        run(folder)


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    """The line names the folder, and no library is made."""
    with pytest.raises(FolderError, match="nowhere"):
        run(tmp_path / "nowhere")
    assert not (tmp_path / "library").exists()


def test_a_file_is_not_a_folder(tmp_path: Path) -> None:
    """Naming a document instead of its folder is told."""
    (tmp_path / "a.txt").write_text("text")
    with pytest.raises(FolderError, match="not a folder"):
        run(tmp_path / "a.txt")


def test_an_empty_folder_leaves_the_library_as_it_was(folder: Path) -> None:
    """A folder that lost all its files (or its disk) does not empty the library."""
    report = run(folder)
    for path in folder.rglob("*.*"):
        path.unlink()
    with pytest.raises(FolderError, match="is empty"):
        run(folder)
    with opened(folder) as library:
        assert library.counts() == (3, report.chunks)


def test_a_folder_without_readable_files_makes_no_library(tmp_path: Path) -> None:
    """The first reason is told, and nothing is left behind."""
    (tmp_path / "folder").mkdir()
    write(tmp_path / "folder" / "broken.pdf", "no PDF")
    with pytest.raises(FolderError, match=r"no file in .* could be read .*broken\.pdf"):
        run(tmp_path / "folder")
    assert not (tmp_path / "library").exists()


def test_files_that_all_became_unreadable_leave_the_library_as_it_was(folder: Path) -> None:
    """Nothing is forgotten in an ingest that could read nothing."""
    run(folder)
    for path in folder.rglob("*.*"):
        write(path, "", age=1)
    with pytest.raises(FolderError):
        run(folder)
    with opened(folder) as library:
        assert "dens" in library.text("foxes.txt")


def test_another_folder_does_not_replace_the_documents(folder: Path, tmp_path: Path) -> None:
    """A library belongs to its folder while that exists; a moved folder is followed."""
    run(folder)
    other = tmp_path / "other"
    other.mkdir()
    write(other / "a.txt", "Another text.")
    with pytest.raises(LibraryMismatch, match="holds the folder"):
        ingest(other, tmp_path / "library", load_settings(), HashedEmbedder())
    folder.rename(tmp_path / "moved")
    embedder = HashedEmbedder()
    report = ingest(tmp_path / "moved", tmp_path / "library", load_settings(), embedder)
    assert len(report.unchanged) == 3 and embedder.texts == []


def test_other_settings_are_a_mismatch_and_rebuild_mends_it(folder: Path) -> None:
    """The message holds the command; with it, texts that stay the same are not embedded again."""
    run(folder)
    with pytest.raises(LibraryMismatch, match=r"chunk_tokens 160, not 100.*--rebuild"):
        run(folder, chunk_tokens=100)
    embedder = HashedEmbedder()
    report = run(folder, embedder, rebuild=True, chunk_tokens=100)
    assert len(report.added) == 3
    assert embedder.texts == []
    with opened(folder) as library:
        library.check()
        assert library.manifest.chunk_tokens == 100


def test_another_embedder_is_refused_and_rebuild_embeds_anew(folder: Path) -> None:
    """Vectors of two embedders never lie in one library, even of the same dimension."""
    run(folder)
    other = HashedEmbedder(name="other-words")
    with pytest.raises(LibraryMismatch, match="embedder hashed-words:64, not other-words:64"):
        run(folder, other)
    assert other.texts == []
    report = run(folder, other, rebuild=True)
    assert len(other.texts) == report.chunks
    with opened(folder) as library:
        library.check()


def test_a_second_ingest_at_the_same_time_is_refused(folder: Path) -> None:
    """It ends at once with one line, and the first goes on undisturbed."""
    run(folder)
    with opened(folder) as library, library.writer():
        start = time.monotonic()
        with pytest.raises(LibraryLocked, match="another ingest is writing"):
            run(folder)
        assert time.monotonic() - start < 1.0
    assert len(run(folder).unchanged) == 3


def test_progress_counts_files_and_passages(folder: Path) -> None:
    """The last step shows all files done and no time left."""
    seen: list[Progress] = []
    library = folder.parent / "library"
    report = ingest(folder, library, load_settings(), HashedEmbedder(), seen.append)
    assert [step.files_done for step in seen] == sorted(step.files_done for step in seen)
    last = seen[-1]
    assert (last.files_done, last.files_total, last.chunks_done) == (3, 3, report.chunks)
    assert last.seconds_left == 0.0 and last.chunks_per_second > 0


def test_a_library_inside_the_folder_is_not_ingested(folder: Path) -> None:
    """The library's own files are left out without a word."""
    settings: Settings = load_settings()
    for _ in range(2):
        report = ingest(folder, folder / "index", settings, HashedEmbedder())
        assert len(report.added) + len(report.unchanged) == 3 and report.skipped == ()
