r"""RTF reads as it prints, whatever program and language it was written in."""

import time
from pathlib import Path

import pytest

from ingest.errors import DocumentError
from ingest.loaders import load
from ingest.types import Document

HEAD = (
    r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\froman\fcharset0{\*\panose 0202}Times;}"
    r"{\f1\fswiss\fcharset204 Arial Cyr;}{\f2\fnil\fcharset128 Mincho;}{\f3\fcharset2 Symbol;}}"
    r"{\colortbl;\red255\green0\blue0;}{\stylesheet{\ql Normal;}"
    r"{\s1\ql\outlinelevel0 \snext0 heading 1;}{\s2 \'dcberschrift 2;}{\s3 Title;}{\s4 toc 1;}"
    r"{\*\cs10 Default Paragraph Font;}}"
    r"{\info{\title %s}{\author Someone}}{\header Top of page}{\*\generator Word;}"
)


def read(tmp_path: Path, body: str, title: str = "") -> Document:
    """Return the Document of a file with this body."""
    path = tmp_path / "letter.rtf"
    path.write_bytes((HEAD % title + body + "}").encode("latin-1"))
    return load(path)


def test_headings_come_from_styles_and_outline_levels(tmp_path: Path) -> None:
    """Styles are told by their outline or their names; offsets are exact; contents go."""
    body = (
        r"\pard\s3 Report\par\pard\s4 Scope\tab 3\par\pard\s1 Scope\par\pard First line"
        "\r\n"
        r" goes on.\par {\pard\outlinelevel2 Deep\par}\pard More.\par"
    )

    document = read(tmp_path, body)

    assert document.text == "Report\n\nScope\n\nFirst line goes on.\n\nDeep\n\nMore."
    assert [(x.level, x.title, document.text[x.start :][:4]) for x in document.headings] == [
        (1, "Report", "Repo"),
        (1, "Scope", "Scop"),
        (3, "Deep", "Deep"),
    ]
    assert document.title == "Report"
    assert document.notes == ("table of contents, left out",)
    assert read(tmp_path, body, r"J\'e4hrlich").title == "Jährlich"


def test_characters_of_every_alphabet(tmp_path: Path) -> None:
    """Code pages of fonts, Unicode with its stand-ins, and characters beyond 16 bits."""
    body = (
        r"Gr\'fc\'dfe {\f1\'cf\'f0\'e8\'e2\'e5\'f2} {\f2\'93\'fa\'96\{} \u8364? "
        r"\u-10179?\u-8704? {\uc2\u233\'e9\'e9t\uc0\u233 }\emdash\lquote x\rquote\~y\_z\-w\tab\{\}"
    )

    assert read(tmp_path, body).text == "Grüße Привет 日本 € 😀 été—‘x’ y-zw {}"


def test_lists_keep_markers_and_levels(tmp_path: Path) -> None:
    """Markers stand in groups of their own, old and new."""
    body = (
        r"{\listtext\f3\'b7\tab}\ls1\ilvl0 milk\par{\listtext\f3\'b7\tab}bread\par\pard Then:\par"
        r"{\pntext\f0 1.\tab}\ls2 mix\par{\listtext a)\tab}\ilvl1 slowly\par\pard Done.\par"
    )

    assert read(tmp_path, body).text == ("- milk\n- bread\n\nThen:\n\n1. mix\n  a) slowly\n\nDone.")


def test_table_has_a_line_a_row(tmp_path: Path) -> None:
    """A cell that spans rows is said in each; cells of several paragraphs stay on their line."""
    row = r"\trowd{}\cellx100\cellx200\pard\intbl {}\cell {}\cell\row "
    body = (
        "Before.\\par " + row.format("", "Kind", "Name") + row.format("", "Fruit", r"Apple\par red")
        + row.format(r"\clvmrg", "", "Pear") + r"\pard After.\par"
    )  # fmt: skip

    document = read(tmp_path, body)

    assert document.text == ("Before.\n\nKind | Name\nFruit | Apple — red\nFruit | Pear\n\nAfter.")
    assert [document.text[s.start : s.end] for s in document.solid] == [
        "Kind | Name\nFruit | Apple — red\nFruit | Pear"
    ]


def test_what_is_not_shown_is_left_out(tmp_path: Path) -> None:
    """Hidden and deleted text, instructions, pictures and comments; notes and boxes are read."""
    body = (
        r"See {\field{\*\fldinst HYPERLINK 'x'}{\fldrslt the {\b manual}}}{\v hidden}{\deleted old}"
        r"{\super\chftn{\footnote\pard\plain\s1 \chftn By whom.\par}}"
        r"{\*\annotation why?}{\*\unknown odd {nested}}{\xe{\v index}}.\par "
        r"{\shp{\*\shpinst{\sp{\sn a}{\sv b}}{\shptxt In the box.\par}}{\shprslt twice}}Last."
        r"{\pict\wmetafile8 0102{\*\blipuid 03}}{\nonshppict{\pict 04}}\par"
    )

    document = read(tmp_path, body)

    assert document.text == ("See the manual.\n\nFootnote 1: By whom.\n\nLast.\n\nIn the box.")
    assert document.notes == ("1 image without text", "1 comment left out")


def test_binary_data_is_passed_over(tmp_path: Path) -> None:
    """Braces within binary data end no group."""
    assert read(tmp_path, r"a{\pict\bin4 }}{{}b").text == "ab"


@pytest.mark.parametrize("cut", [1, 40, 200])
def test_file_that_breaks_off_keeps_what_is_there(cut: int, tmp_path: Path) -> None:
    """A missing end costs only what was there."""
    path = tmp_path / "a.rtf"
    path.write_bytes((HEAD + "Kept words. {" + "x" * 300 + r"{\b bold").encode()[:-cut])

    assert load(path).text.startswith("Kept words.")


def test_text_after_the_end_is_no_text(tmp_path: Path) -> None:
    """What follows the last brace belongs to another format."""
    path = tmp_path / "a.rtf"
    path.write_bytes(rb"{\rtf1 Words.}{\rtf1 More.}")

    assert load(path).text == "Words."


def test_file_that_is_only_called_rtf(tmp_path: Path) -> None:
    """Plain text under the suffix is plain text."""
    path = tmp_path / "a.rtf"
    path.write_text("Just words.")

    assert load(path).text == "Just words."


def test_picture_alone_needs_ocr(tmp_path: Path) -> None:
    """A scan pasted into a letter is no text."""
    with pytest.raises(DocumentError, match="^no text, only images: needs OCR$"):
        read(tmp_path, r"{\pict 0102}\par")


@pytest.mark.parametrize(
    "source",
    [
        r"{\rtf1{\stylesheet" + r"{\s1 \a\b\c {" * 5000,
        r"{\rtf1{\fonttbl" + r"{\f1\fcharset" * 5000,
        r"{\rtf1 " + "{" * 50_000,
        r"{\rtf1 " + r"\u-1?\'8" * 50_000,
        r"{\rtf1{\info{\title " + r"\aa1" * 50_000,
    ],
    ids=["styles", "fonts", "groups", "characters", "title"],
)
def test_hostile_file_costs_little(source: str, tmp_path: Path) -> None:
    """Nesting and patterns made to be slow end in moderate time."""
    path = tmp_path / "a.rtf"
    path.write_text(source)
    before = time.process_time()

    try:
        load(path)
    except DocumentError:
        pass

    assert time.process_time() - before < 5
