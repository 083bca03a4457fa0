"""Which files of a folder are read, and what is said of the others."""

import os
from pathlib import Path

import pytest

from ingest.errors import FolderError
from ingest.folder import resolve_folder, scan


def test_files_of_known_formats_are_found_by_relative_paths(tmp_path: Path) -> None:
    """Names are sorted, with forward slashes, whatever their case; sizes are in bytes."""
    for name in ("b.md", "a/c.TXT", "a/b/ü 1.html", "z.pdf"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("12345")
    found = scan(tmp_path).found
    assert [f.file for f in found] == ["a/b/ü 1.html", "a/c.TXT", "b.md", "z.pdf"]
    assert {f.size for f in found} == {5}
    assert found[2].path == tmp_path / "b.md"


def test_hidden_and_foreign_folders_are_left_out_without_a_word(tmp_path: Path) -> None:
    """Version control, caches, hidden files and the library are nobody's documents."""
    for name in (".git/a.md", "node_modules/b.md", ".hidden.md", "x/__pycache__/c.txt", "lib/d.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("text")
    result = scan(tmp_path, library=tmp_path / "lib")
    assert result.found == [] and result.skipped == []


def test_an_ignore_file_leaves_out_what_it_names_as_git_does(tmp_path: Path) -> None:
    """Names anywhere, paths from its own folder, folders alone, exceptions, comments, order."""
    lines = [
        "# drafts",
        "",
        "*.txt",
        "!keep.txt",
        "/top.md",
        "old/",
        "docs/**/x?.md",
        "odd\\ ",
        " ",
    ]
    names = "a.txt keep.txt top.md in/top.md old/a.md old/keep.txt in/old docs/x1.md docs/p/q/x2.md"
    inner = "docs/x12.md in/b.txt in/b.md in/c.md in/d/b.md"
    for name in f"{names} {inner}".split():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("text")
    (tmp_path / "in" / "old").rename(tmp_path / "in" / "old.md")
    (tmp_path / ".footnoteignore").write_text("\r\n".join(lines))
    (tmp_path / "in" / ".footnoteignore").write_text("/b.md\n!b.txt")

    result = scan(tmp_path)

    found = "docs/x12.md in/b.txt in/c.md in/d/b.md in/old.md in/top.md keep.txt".split()
    assert [f.file for f in result.found] == found
    assert result.skipped == []


def test_an_ignore_file_that_cannot_be_read_stops_the_scan(tmp_path: Path) -> None:
    """What it meant to keep private must not be read."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / ".footnoteignore").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FolderError, match=r"in/\.footnoteignore cannot be read .* mend it"):
        scan(tmp_path)


def test_what_is_not_a_document_is_listed_with_a_reason(tmp_path: Path) -> None:
    """Unknown formats, pipes and links, also those that lead out of the folder."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "photo.jpeg").touch()
    (tmp_path / "in" / "README").touch()
    os.mkfifo(tmp_path / "in" / "pipe.txt")
    (tmp_path / "outside.txt").write_text("private")
    (tmp_path / "in" / "link.txt").symlink_to(tmp_path / "outside.txt")
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
    result = scan(tmp_path / "in")
    reasons = {s.file: s.reason for s in result.skipped}
    assert result.found == []
    assert reasons["photo.jpeg"] == "unknown format .jpeg"
    assert reasons["README"] == "unknown format (no suffix)"
    assert reasons["pipe.txt"] == "not a regular file"
    assert reasons["link.txt"].startswith("a link") and reasons["loop"].startswith("a link")


def test_a_name_that_is_not_text_is_listed_escaped(tmp_path: Path) -> None:
    """Bytes that no encoding explains are shown, not crashed upon."""
    try:
        (Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.txt"))).touch()
    except OSError:
        pytest.skip("this file system takes only valid names")
    result = scan(tmp_path)
    assert result.found == []
    assert result.skipped[0].file == "bad\\udcff.txt"
    assert "rename it" in result.skipped[0].reason


def test_a_folder_that_cannot_be_listed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its files are not taken for deleted ones: the folder is marked as unreadable."""
    (tmp_path / "closed").mkdir()
    (tmp_path / "open.txt").write_text("text")
    listed = os.scandir

    def refuse(path: object) -> object:
        if Path(str(path)).name == "closed":
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(os, "scandir", refuse)
    result = scan(tmp_path)
    assert [f.file for f in result.found] == ["open.txt"]
    assert result.unreadable == ["closed/"]
    assert result.skipped[0].reason == "cannot be listed: Permission denied"


@pytest.mark.parametrize("name", ["nothing-here", "file.txt", "nul\x00byte", "long/" * 2000])
def test_what_is_no_folder_is_told(tmp_path: Path, name: str) -> None:
    """Missing folders, files and impossible names are errors of one line."""
    (tmp_path / "file.txt").touch()
    with pytest.raises(FolderError) as caught:
        resolve_folder(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_a_folder_behind_a_link_is_read_as_itself(tmp_path: Path) -> None:
    """The folder that a person names may be a link."""
    (tmp_path / "real").mkdir()
    (tmp_path / "alias").symlink_to(tmp_path / "real")
    assert resolve_folder(tmp_path / "alias") == tmp_path / "real"
