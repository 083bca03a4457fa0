"""JSON reads as names and values, so that a quoted line says whose they are."""

import json
from pathlib import Path

import pytest

from ingest.errors import DocumentError
from ingest.loaders import load
from ingest.types import Document

SHOP = """{
  "name": "Corner Shop", // a comment
  "open": true, "closed": null, "rating": 4.50,
  "tags": ["bread", "milk"],
  "staff": [
    {"name": "Anna", "role": "baker", "address": {"city": "Bonn"}},
    {"name": "Bob", "bio": "BIO"},
  ],
  "grid": [["City", "Hotel"], ["Bonn", "Five Stars"]]
}"""


def read(tmp_path: Path, source: str, name: str = "shop.json") -> Document:
    """Return the Document of a file of this source."""
    path = tmp_path / name
    path.write_text(source)
    return load(path)


def test_records_stand_on_lines_of_their_own(tmp_path: Path) -> None:
    """A short record is one line with paths; figures keep their digits; what is null is silent."""
    bio = "He came to the shop in 1999 and stayed. " * 12

    document = read(tmp_path, SHOP.replace("BIO", bio))

    assert document.text == (
        "name: Corner Shop; open: true; rating: 4.50; tags: bread, milk\n\n"
        "staff\n\nname: Anna; role: baker; address.city: Bonn\n\n"
        f"Bob\n\nname: Bob\n\nbio: {bio.strip()}\n\n"
        "grid\n\nCity | Hotel\nBonn | Five Stars"
    )


def test_title_headings_and_table_have_their_place(tmp_path: Path) -> None:
    """The outermost name is the title; a long record is a section under what it calls itself."""
    document = read(tmp_path, SHOP.replace("BIO", "A long life. " * 40))

    assert document.title == "Corner Shop"
    assert [(h.level, h.title) for h in document.headings] == [
        (1, "staff"),
        (2, "Bob"),
        (1, "grid"),
    ]
    for heading in document.headings:
        assert document.text[heading.start :].startswith(heading.title)
    assert [document.text[s.start : s.end] for s in document.solid] == [
        "City | Hotel\nBonn | Five Stars"
    ]


def test_long_record_is_a_list_of_fields(tmp_path: Path) -> None:
    """Fields that do not fit on a line have one each."""
    fields = {f"field{n}": "some value here" for n in range(30)}

    lines = read(tmp_path, json.dumps(fields)).text.split("\n")

    assert lines[0] == "- field0: some value here" and len(lines) == 30


def test_figures_and_data_for_machines_are_shortened(tmp_path: Path) -> None:
    """Coordinates and encoded pictures do not fill the text, and the report says so."""
    source = json.dumps({"line": [[n, n + 1] for n in range(500)], "png": "iVBO" * 1_000})

    document = read(tmp_path, source, "map.geojson")

    assert document.text.startswith("line\n\nline: 0, 1, 1, 2,")
    assert "… (1,000 values)" in document.text and "(4,000 characters of data)" in document.text
    assert set(document.notes) == {
        "long lists of figures are shown in part",
        "encoded data was left out",
    }


def test_long_list_of_words_is_kept(tmp_path: Path) -> None:
    """A list of a thousand names loses none."""
    source = json.dumps({"labels": [f"bird {n}" for n in range(1_000)]})

    lines = read(tmp_path, source).text.split("\n")

    assert lines == ["labels:", "", *(f"- bird {n}" for n in range(1_000))]


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.json"])
def test_json_lines_are_one_record_each(name: str, tmp_path: Path) -> None:
    """Each line is a paragraph, also where the suffix does not say that there are several."""
    source = '{"city": "Bonn", "beds": 12}\n{"city": "Kiel", "beds": 9}\n'

    assert read(tmp_path, source, name).text == "city: Bonn; beds: 12\n\ncity: Kiel; beds: 9"


def test_broken_line_is_kept_and_counted(tmp_path: Path) -> None:
    """One bad line of many loses nothing."""
    document = read(tmp_path, '{"a": 1}\n{"a": \n{"a": 3}\n', "a.jsonl")

    assert document.text == 'a: 1\n\n{"a":\n\na: 3'
    assert document.notes == ("1 lines are not valid JSON: kept as they are",)


def test_what_is_no_json_is_read_as_text(tmp_path: Path) -> None:
    """A template or a file that was cut off is still searchable."""
    document = read(tmp_path, '{"name": {{ name }}, "size": 3')

    assert document.text == '{"name": {{ name }}, "size": 3'
    assert document.notes[0].startswith("not valid JSON: read as text (")


def test_slashes_inside_a_string_are_no_comment(tmp_path: Path) -> None:
    """An address keeps its slashes in a file with comments."""
    assert read(tmp_path, '{"url": "http://x/y", /* c */ "n": 1,}').text == "url: http://x/y; n: 1"


@pytest.mark.parametrize("depth", [150, 5_000, 200_000])
def test_deep_nesting_is_refused(depth: int, tmp_path: Path) -> None:
    """Lists made to exhaust a parser give a reason."""
    with pytest.raises(DocumentError, match="nested too deeply"):
        read(tmp_path, "[" * depth + '{"a": 1}' + "]" * depth)
