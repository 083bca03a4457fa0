"""XML reads as the document or the records that it is."""

from pathlib import Path

import pytest

from ingest.errors import DocumentError
from ingest.loaders import load
from ingest.types import Document

BOOK = """<?xml version="1.0"?><!DOCTYPE book [<!ENTITY secret SYSTEM "file:///etc/passwd">]>
<book xmlns="http://docbook.org/ns/docbook"><info><title>Harbour Guide</title>
<author><firstname>Ida</firstname><surname>Holm</surname></author></info>
<chapter><title>Arrival</title><para>Ships <emphasis>must</emphasis>
 report<footnote><para>By radio.</para></footnote>.&secret;</para>
<orderedlist><listitem><para>Call.</para></listitem><listitem><para>Wait.</para></listitem>
</orderedlist>
<section><title>Berths</title>
<table><title>Sizes</title><tgroup><thead><row><entry>Berth</entry><entry>Metres</entry></row>
</thead><tbody><row><entry>North</entry><entry>90</entry></row></tbody></tgroup></table>
<note><title>Careful</title><para>Mind the tide.</para></note>
<programlisting>if tide:
    wait()</programlisting></section></chapter></book>"""


def read(tmp_path: Path, source: str | bytes, name: str = "guide.xml") -> Document:
    """Return the Document of a file of this source."""
    path = tmp_path / name
    path.write_bytes(source.encode("utf-8") if isinstance(source, str) else source)
    return load(path)


def test_document_reads_like_the_printed_one(tmp_path: Path) -> None:
    """Titles, paragraphs, lists, tables and code each have their shape; no entity is loaded."""
    assert read(tmp_path, BOOK).text == (
        "Harbour Guide\n\nIda Holm\n\n"
        "Arrival\n\nShips must report (By radio.).&secret;\n\n1. Call.\n2. Wait.\n\n"
        "Berths\n\nSizes\n\nBerth | Metres\nNorth | 90\n\n"
        "Careful\nMind the tide.\n\nif tide:\n    wait()"
    )


def test_titles_are_headings_by_depth(tmp_path: Path) -> None:
    """Sections nest as their elements do; the title of a box or table is none."""
    document = read(tmp_path, BOOK)

    assert document.title == "Harbour Guide"
    assert [(h.level, h.title) for h in document.headings] == [
        (1, "Harbour Guide"),
        (2, "Arrival"),
        (3, "Berths"),
    ]
    for heading in document.headings:
        assert document.text[heading.start :].startswith(heading.title)
    assert [document.text[s.start : s.end] for s in document.solid] == [
        "Berth | Metres\nNorth | 90",
        "if tide:\n    wait()",
    ]


def test_poem_keeps_its_lines(tmp_path: Path) -> None:
    """Verses stand below one another, under the head of their division."""
    source = "<TEI><div><head>I</head><lg><l>First</l><l>Last <lb/>line</l></lg></div></TEI>"

    assert read(tmp_path, source).text == "I\n\nFirst\nLast line"


def test_data_reads_as_records(tmp_path: Path) -> None:
    """Elements and attributes are names with values, one line a record."""
    source = (
        '<staff><person id="7" grade="B"><name>Anna</name><role>cook</role></person>'
        "<person><name>Bob</name><home><city>Bonn</city></home></person></staff>"
    )

    assert read(tmp_path, source).text == (
        "grade: B; name: Anna; role: cook\n\nname: Bob; home.city: Bonn"
    )


def test_feed_gives_its_entries(tmp_path: Path) -> None:
    """The HTML inside a feed reads as text, and the channel names the document."""
    long = "&lt;p&gt;" + "The pier is closed. " * 30 + "&lt;/p&gt;"
    source = (
        "<rss><channel><title>Port News</title><item><title>Pier</title>"
        f"<description>{long}</description></item><item><title>Tide</title>"
        "<description><![CDATA[<b>High</b> at noon]]></description></item></channel></rss>"
    )

    document = read(tmp_path, source, "news.rss")

    assert document.title == "Port News"
    assert "description: The pier is closed. The pier" in document.text
    assert document.text.endswith("title: Tide; description: High at noon")


def test_declared_encoding_and_named_characters_are_used(tmp_path: Path) -> None:
    """A Latin-2 file is read as such, and names of characters that HTML knows as these."""
    source = (
        '<?xml version="1.0" encoding="iso-8859-2"?><a><p>Příliš&nbsp;žluťoučký &mdash;</p></a>'
    )

    assert read(tmp_path, source.encode("iso-8859-2")).text == "Příliš žluťoučký —"


def test_damaged_file_is_read_as_far_as_possible(tmp_path: Path) -> None:
    """A missing end costs a note, not the text before it."""
    document = read(tmp_path, "<doc><p>One.</p><p>Two <b>bold</p><p>Three.")

    assert "One." in document.text and "Three." in document.text
    assert document.notes[0].startswith("damaged XML, read as far as possible (line 1: ")


def test_nested_entities_are_no_bomb(tmp_path: Path) -> None:
    """A billion laughs stay a few characters or a reason."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    source = f'<!DOCTYPE a [<!ENTITY l0 "lol">{laughs}]><a><p x="&l11;">ha &l11;</p></a>'

    try:
        text = read(tmp_path, source).text
    except DocumentError as error:
        text = str(error)

    assert len(text) < 300 and "lollol" not in text


def test_deep_nesting_is_refused_or_cut(tmp_path: Path) -> None:
    """Elements made to exhaust a parser give a reason, or a note."""
    with pytest.raises(DocumentError, match="nested too deeply"):
        read(tmp_path, "<a>" * 200 + "x" + "</a>" * 200)


def test_what_is_no_xml_is_refused(tmp_path: Path) -> None:
    """Words without an element are damaged XML."""
    with pytest.raises(DocumentError, match="^damaged: not XML"):
        read(tmp_path, "just words")
