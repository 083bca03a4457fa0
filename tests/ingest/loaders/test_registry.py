"""Every file gives a clean Document or one reason."""

from pathlib import Path

import pytest

import ingest.loaders
from ingest.errors import DocumentError
from ingest.loaders import LOADERS, SUFFIXES, load


def test_suffixes_of_the_four_families_are_known() -> None:
    """Text, Markdown, HTML and PDF have a loader each."""
    assert {".txt", ".md", ".html", ".htm", ".pdf"} <= SUFFIXES


@pytest.mark.parametrize("suffix", sorted(LOADERS.keys() - {".pdf"}))
@pytest.mark.parametrize(
    "data", [b"", b" \n\t\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\xef\xbb\xbf \r\n"]
)
def test_file_without_content_is_empty(suffix: str, data: bytes, tmp_path: Path) -> None:
    """Nothing, blanks or a byte order mark alone are "empty" in every text format."""
    path = tmp_path / f"nothing{suffix}"
    path.write_bytes(data)

    with pytest.raises(DocumentError, match=r"^empty$"):
        load(path)


def test_pdf_of_no_bytes_is_empty(tmp_path: Path) -> None:
    """A download that never began is told from a damaged file."""
    (tmp_path / "x.pdf").touch()

    with pytest.raises(DocumentError, match=r"^empty$"):
        load(tmp_path / "x.pdf")


def test_suffix_in_capitals_is_known(tmp_path: Path) -> None:
    """README.TXT is a text file."""
    path = tmp_path / "README.TXT"
    path.write_text("Some words.")

    assert load(path).text == "Some words."


def test_unknown_suffix_is_named(tmp_path: Path) -> None:
    """The reason names the format that is not read."""
    with pytest.raises(DocumentError, match=r"^unknown format \.xyz$"):
        load(tmp_path / "a.xyz")


def test_missing_file_cannot_be_read(tmp_path: Path) -> None:
    """A file that vanished gives a reason, not a traceback."""
    with pytest.raises(DocumentError, match="^cannot be read: No such file"):
        load(tmp_path / "gone.txt")


def test_folder_with_a_known_suffix_cannot_be_read(tmp_path: Path) -> None:
    """A folder called notes.txt is refused."""
    (tmp_path / "notes.txt").mkdir()

    with pytest.raises(DocumentError, match="^cannot be read: Is a directory"):
        load(tmp_path / "notes.txt")


def test_title_falls_back_to_the_name_of_the_file(tmp_path: Path) -> None:
    """Where nothing else names the document its file does."""
    path = tmp_path / "travel_notes.txt"
    path.write_text("we went there and then we came back.\nit rained.")

    assert load(path).title == "travel notes"


def test_characters_that_cannot_be_shown_are_replaced(tmp_path: Path) -> None:
    """Control characters, odd blanks and odd line ends leave no trace, and keep offsets."""
    path = tmp_path / "odd.txt"
    path.write_text("One\u00a0two\x07three\u2028four\x0cfive", newline="")

    assert load(path).text == "One two three\nfour\nfive"


def test_over_long_text_is_cut_and_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text beyond the limit keeps its beginning, its headings there, and a note."""
    monkeypatch.setattr(ingest.loaders, "MAX_CHARACTERS", 20)
    path = tmp_path / "long.md"
    path.write_text("# First\n\nSome words of text.\n\n# Second\n\nMore.")

    document = load(path)

    assert document.text == "First\n\nSome words of"
    assert [heading.title for heading in document.headings] == ["First"]
    assert document.notes == ("only its first 20 characters were kept",)
