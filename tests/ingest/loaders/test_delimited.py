"""Delimited text reads as a table, whatever divides its cells and however it is encoded."""

from pathlib import Path

import pytest

from ingest.errors import DocumentError
from ingest.loaders import delimited, load
from ingest.types import Document


def read(tmp_path: Path, source: str, name: str = "data.csv", encoding: str = "utf-8") -> Document:
    """Return the Document of a file with this text."""
    path = tmp_path / name
    path.write_bytes(source.encode(encoding))
    return load(path)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", ["data.csv", "data.tsv"])
def test_delimiter_is_found(delimiter: str, name: str, tmp_path: Path) -> None:
    """The suffix does not decide what divides the cells."""
    source = "Name;City;Age\nAnna;Rome;5\nBob;Paris;6\n".replace(";", delimiter)

    document = read(tmp_path, source, name)

    assert document.text == "Name | City | Age\nAnna | Rome | 5\nBob | Paris | 6"
    assert [(span.start, span.end) for span in document.solid] == [(0, len(document.text))]
    assert document.title == "data"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a;b\n1,5;2,5\n3,5;4,5\n", "a | b\n1,5 | 2,5\n3,5 | 4,5"),
        ("1,5;2,5;x\n3,5;4,5;y\n", "A | B | C\n1,5 | 2,5 | x\n3,5 | 4,5 | y"),
        ("Name,Note\nAnna,one; two\nBob,a; b\n", "Name | Note\nAnna | one; two\nBob | a; b"),
        ("sep=;\nName;Note\nAnna;a,b\n", "Name | Note\nAnna | a,b"),
    ],
)  # fmt: skip
def test_other_delimiters_inside_cells(source: str, expected: str, tmp_path: Path) -> None:
    """Decimal commas and lists within cells lead to no false cut; Excel's own hint is obeyed."""
    assert read(tmp_path, source).text == expected


def test_quoted_cells(tmp_path: Path) -> None:
    """Quotation marks hold delimiters, line breaks and marks of their own."""
    source = 'Name,Note\n"Smith, Bob","said ""no""\ntwice"\nAnna,5" pipe\n'

    assert read(tmp_path, source).text == (
        'Name | Note\nSmith, Bob | said "no" twice\nAnna | 5" pipe'
    )


def test_quotation_mark_that_never_closes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One stray mark does not swallow the rest of the file."""
    monkeypatch.setattr(delimited, "_LONGEST_CELL", 200)
    rest = "".join(f"name {n},{n}\n" for n in range(100))

    lines = read(tmp_path, f'Name,Age\n"Anna,5\n{rest}').text.split("\n")

    assert lines[:3] == ["Name | Age", '"Anna | 5', "name 0 | 0"]
    assert len(lines) == 102


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Anna,Rome,1999\nBob,Rome,2001\n", "A | B | C\nAnna | Rome | 1999\nBob | Rome | 2001"),
        ("Anna,Rome\nBob,Paris\nAnna,Oslo\n", "Anna: Rome\nBob: Paris\nAnna: Oslo"),
        ("City,2023,2024\nRome,1.5,2\n", "City | 2023 | 2024\nRome | 1.5 | 2"),
        ("Day,Rain\n2024-03-05,0.5\n", "Day | Rain\n2024-03-05 | 0.5"),
        ("word\nother\n", "word\nother"),
        ("x,y\n", "x: y"),
        ("x,y,z\n", "x | y | z"),
    ],
)
def test_header_is_told_from_data(source: str, expected: str, tmp_path: Path) -> None:
    """Figures, and texts that recur below, are no names of columns; years may be."""
    assert read(tmp_path, source).text == expected


def test_words_before_the_header(tmp_path: Path) -> None:
    """What a program wrote above its export is text of its own."""
    source = "Export of 5 March\nAll accounts\n\nName;Sum\nAnna;5\n;\nBob;6\n"

    assert read(tmp_path, source).text == (
        "Export of 5 March\nAll accounts\n\nName | Sum\nAnna | 5\nBob | 6"
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding: str, tmp_path: Path) -> None:
    """Excel writes three of them."""
    source = "Straße;Größe\r\nMühlweg;5\r\nÄußere Straße;6\r\n" * 3

    assert read(tmp_path, source, encoding=encoding).text.startswith("Straße | Größe\nMühlweg | 5")


def test_too_many_cells_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first rows are kept, and the report says how many."""
    monkeypatch.setattr(delimited, "MAX_CELLS", 5)

    document = read(tmp_path, "a,b\n1,2\n3,4\n")

    assert document.text == "a | b\n1 | 2"
    assert document.notes == ("only its first 2 rows were read",)


def test_binary_data_is_refused(tmp_path: Path) -> None:
    """A database that is called .csv is no text."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"SQLite format 3\x00" + bytes(range(256)) * 20)

    with pytest.raises(DocumentError, match="^not text"):
        load(path)
