"""A Word document reads as it prints: headings, lists, tables, notes; nothing that was deleted."""

from pathlib import Path

import pytest

from ingest.errors import DocumentError
from ingest.loaders import load
from ingest.types import Document
from tests.ingest.loaders.office_files import (
    STRICT,
    TRANSITIONAL,
    core,
    package,
    relationships,
    xml,
)

STYLES = xml(
    "w:styles",
    """
<w:style w:type="paragraph" w:default="1" w:styleId="Standard"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/>
  <w:basedOn w:val="Standard"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="berschrift2"><w:name w:val="heading 2"/>
  <w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="3"/></w:numPr></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Mine"><w:name w:val="Chapter"/>
  <w:basedOn w:val="berschrift1"/></w:style>
<w:style w:type="paragraph" w:styleId="Contents"><w:name w:val="TOC Heading"/>
  <w:basedOn w:val="berschrift1"/><w:pPr><w:outlineLvl w:val="9"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="V1"><w:name w:val="toc 1"/></w:style>
<w:style w:type="paragraph" w:styleId="Quelle"><w:name w:val="Source Code"/></w:style>
""",
)
NUMBERING = xml(
    "w:numbering",
    """
<w:abstractNum w:abstractNumId="0">
  <w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
  <w:lvl w:ilvl="1"><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%2)"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="1">
  <w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="&#xF0B7;"/></w:lvl>
</w:abstractNum>
<w:abstractNum w:abstractNumId="2">
  <w:lvl w:ilvl="0"><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1"/></w:lvl>
  <w:lvl w:ilvl="1"><w:isLgl/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl>
</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="2"/></w:num>
<w:num w:numId="4"><w:abstractNumId w:val="0"/>
  <w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride></w:num>
""",
)


def p(text: str, style: str = "", list_id: int = 0, level: int = 0) -> str:
    """Return a paragraph of one run."""
    number = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'
    properties = (f'<w:pStyle w:val="{style}"/>' if style else "") + (number if list_id else "")
    return (
        f'<w:p><w:pPr>{properties}</w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'
    )


def cell(text: str, properties: str = "") -> str:
    """Return a table cell of one paragraph."""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}</w:tc>"


def table(*rows: str) -> str:
    """Return a table of rows of cells."""
    return "<w:tbl><w:tblPr/>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"


def read(tmp_path: Path, body: str, **parts: str) -> Document:
    """Return the Document of a file with this body; parts are named by their kind."""
    content: dict[str, str | bytes] = {
        "_rels/.rels": relationships(("r1", "officeDocument", "word/document.xml")),
        "word/document.xml": xml("w:document", f"<w:body>{body}<w:sectPr/></w:body>"),
        "word/_rels/document.xml.rels": relationships(
            *((kind, kind.rstrip("0123456789"), f"{kind}.xml") for kind in parts)
        ),
    }
    content |= {f"word/{kind}.xml": part for kind, part in parts.items() if kind != "core"}
    if "core" in parts:
        content["docProps/core.xml"] = parts["core"]
    return load(package(tmp_path / "letter.docx", content))


def test_headings_come_from_styles_in_any_language(tmp_path: Path) -> None:
    """A style counts by its name, its outline level, or the style it is based on."""
    body = (
        p("Report", "Titel") + p("Contents", "Contents") + p("Scope 3", "V1")
        + p("Scope", "berschrift1") + p("What it is about.") + p("Details", "berschrift2")
        + p("More.") + p("Chapter two", "Mine") + p("Rest.")
    )  # fmt: skip

    document = read(tmp_path, body, styles=STYLES)

    assert [(h.level, h.title) for h in document.headings] == [
        (1, "Report"),
        (1, "Scope"),
        (2, "Details"),
        (1, "Chapter two"),
    ]
    assert all(document.text[h.start :].startswith(h.title) for h in document.headings)
    assert document.title == "Report"
    assert "Scope 3" not in document.text
    assert document.notes == ("table of contents, left out",)


def test_headings_without_styles_part(tmp_path: Path) -> None:
    """Ids of styles and direct outline levels are enough for odd producers."""
    outline = '<w:p><w:pPr><w:outlineLvl w:val="2"/></w:pPr><w:r><w:t>Deep</w:t></w:r></w:p>'

    document = read(tmp_path, p("One", "Heading1") + p("Two", "Überschrift 2") + outline)

    assert [(h.level, h.title) for h in document.headings] == [(1, "One"), (2, "Two"), (3, "Deep")]


def test_lists_keep_numbers_and_nesting(tmp_path: Path) -> None:
    """Items have the numbers that are printed, also after a break and in a restarted list."""
    body = (
        p("Buy:") + p("milk", list_id=2) + p("bread", list_id=2) + p("Then:")
        + p("mix", list_id=1) + p("slowly", list_id=1, level=1) + p("well", list_id=1, level=1)
        + p("bake", list_id=1) + p("A word in between.") + p("eat", list_id=1)
        + p("anew", list_id=4)
    )  # fmt: skip

    assert read(tmp_path, body, styles=STYLES, numbering=NUMBERING).text == (
        "Buy:\n\n- milk\n- bread\n\nThen:\n\n1. mix\n  (a) slowly\n  (b) well\n2. bake\n\n"
        "A word in between.\n\n3. eat\n7. anew"
    )


def test_numbered_headings_say_their_numbers(tmp_path: Path) -> None:
    """A question may name section 2.1, so the title holds it."""
    first = p("Part", "berschrift1", list_id=3)
    body = first + p("a", "berschrift2") + first + p("b", "berschrift2") + p("Text.")

    document = read(tmp_path, body, styles=STYLES, numbering=NUMBERING)

    assert [h.title for h in document.headings] == ["I Part", "1.1 a", "II Part", "2.1 b"]
    assert all(document.text[h.start :].startswith(h.title) for h in document.headings)


def test_table_has_a_line_a_row(tmp_path: Path) -> None:
    """A wide first row is a caption; a cell that spans rows is said in each of them."""
    body = p("Before.") + table(
        cell("Prices", '<w:gridSpan w:val="3"/>'),
        cell("Kind") + cell("Name") + cell("Price"),
        cell("Fruit", '<w:vMerge w:val="restart"/>') + cell("Apple") + cell("3"),
        cell("", "<w:vMerge/>") + cell("Pear") + cell("4"),
        cell("") + cell("") + cell(""),
    )

    document = read(tmp_path, body + p("After."))

    assert document.text == (
        "Before.\n\nPrices\n\nKind | Name | Price\nFruit | Apple | 3\nFruit | Pear | 4\n\nAfter."
    )
    (solid,) = document.solid
    assert document.text[solid.start : solid.end].startswith("Kind | Name")
    assert document.text[solid.start : solid.end].endswith("Pear | 4")


def test_cell_of_several_paragraphs_stays_on_its_line(tmp_path: Path) -> None:
    """Paragraphs and list items within a cell are set off, never broken."""
    two = f"<w:tc>{p('first')}{p('second')}</w:tc>"

    text = read(tmp_path, table(cell("A") + cell("B"), two + cell("x"))).text

    assert text == "A | B\nfirst — second | x"


def test_table_for_layout_reads_as_paragraphs(tmp_path: Path) -> None:
    """Long cells and a box around a page are no data; their headings count."""
    inner = f"<w:tc>{p('Skills', 'Heading1')}{p('Reading. ' * 80)}</w:tc>"

    document = read(tmp_path, table(cell("Anna") + inner))

    assert document.text.startswith("Anna\n\nSkills\n\nReading. Reading.")
    assert [h.title for h in document.headings] == ["Skills"]
    assert document.solid == ()


def test_tracked_changes_read_as_accepted(tmp_path: Path) -> None:
    """Insertions stay; deletions, moved-away words and deleted rows are gone."""
    body = (
        "<w:p><w:r><w:t>We pay </w:t></w:r><w:del><w:r><w:delText>ten</w:delText></w:r>"
        "<w:r><w:t>10</w:t></w:r></w:del><w:ins><w:r><w:t>twelve</w:t></w:r></w:ins>"
        "<w:moveFrom><w:r><w:t>gone</w:t></w:r></w:moveFrom>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r><w:r><w:t> euros.</w:t></w:r></w:p>"
    ) + table(
        cell("a") + cell("b"),
        "<w:trPr><w:del/></w:trPr>" + cell("old") + cell("row"),
        cell("c") + cell("d"),
    )

    assert read(tmp_path, body).text == "We pay twelve euros.\n\na | b\nc | d"


def test_fields_show_their_results(tmp_path: Path) -> None:
    """Links keep their words, instructions go, and a broken field swallows no later paragraph."""
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'.format
    body = (
        "<w:p><w:r><w:t>See </w:t></w:r>" + mark("begin")
        + '<w:r><w:instrText>HYPERLINK "x"</w:instrText></w:r>' + mark("begin")
        + "<w:r><w:t>inner</w:t></w:r>" + mark("separate") + mark("end") + mark("separate")
        + "<w:r><w:t>the manual</w:t></w:r>" + mark("end")
        + '<w:hyperlink r:id="x"><w:r><w:t> online</w:t></w:r></w:hyperlink></w:p>'
        + "<w:p>" + mark("begin") + "<w:r><w:t>lost</w:t></w:r></w:p>" + p("Found.")
    )  # fmt: skip

    assert read(tmp_path, body).text == "See the manual online\n\nFound."


def test_text_box_is_read_once(tmp_path: Path) -> None:
    """Word stores a text box in two forms; a picture is counted, not read."""
    box = f"<w:txbxContent>{p('In the box.')}</w:txbxContent>"
    body = (
        "<w:p><w:r><w:t>Anchor.</w:t></w:r><w:r><mc:AlternateContent><mc:Choice Requires='wps'>"
        f"<w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict>"
        f"<v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
        f"<w:p><w:r><w:pict><v:textbox>{box.replace('In the', 'Old')}</v:textbox></w:pict></w:r>"
        "</w:p>"
        '<w:p><w:r><w:drawing><a:blip r:embed="i"/></w:drawing></w:r></w:p>'
    )

    document = read(tmp_path, body)

    assert document.text == "Anchor.\n\nIn the box.\n\nOld box."
    assert document.notes == ("1 image without text",)


def test_notes_and_comments(tmp_path: Path) -> None:
    """Footnotes follow their paragraph or table, endnotes the text; comments are counted."""
    call = '<w:r><w:{0}Reference w:id="{1}"/></w:r>'.format
    body = (
        f"<w:p><w:r><w:t>A claim</w:t></w:r>{call('footnote', 2)}<w:r><w:t>.</w:t></w:r></w:p>"
        + table(
            f"<w:tc><w:p><w:r><w:t>a</w:t></w:r>{call('footnote', 3)}</w:p></w:tc>" + cell("b"),
            cell("c") + cell("d"),
        )
        + f"<w:p><w:r><w:t>Another.</w:t></w:r>{call('endnote', 2)}</w:p>"
        + p("Last.")
    )
    footnotes = "".join(
        f'<w:footnote w:id="{i}">{p(text)}</w:footnote>'
        for i, text in ((0, ""), (2, "By whom."), (3, "In the table."))
    )

    document = read(
        tmp_path,
        body,
        footnotes=xml("w:footnotes", footnotes),
        endnotes=xml("w:endnotes", f'<w:endnote w:id="2">{p("The source.")}</w:endnote>'),
        comments=xml("w:comments", f"<w:comment>{p('Really?')}</w:comment>" * 2),
        header1=xml("w:hdr", p("Confidential")),
    )

    assert document.text == (
        "A claim.\n\nFootnote 1: By whom.\n\na | b\nc | d\n\nFootnote 2: In the table.\n\n"
        "Another.\n\nLast.\n\nEndnote 1: The source."
    )
    assert document.notes == ("2 comments left out",)


def test_headers_are_read_where_there_is_nothing_else(tmp_path: Path) -> None:
    """A letterhead is better than "empty"."""
    header = xml("w:hdr", p("Acme Ltd, 5 High Street"))

    assert read(tmp_path, p(""), header1=header).text == "Acme Ltd, 5 High Street"


def test_code_keeps_its_lines_and_indents(tmp_path: Path) -> None:
    """Neighbouring paragraphs in a style for code make one block."""
    body = p("Run:") + p("if x:", "Quelle") + p("    go()", "Quelle") + p("Done.")

    document = read(tmp_path, body, styles=STYLES)

    assert document.text == "Run:\n\nif x:\n    go()\n\nDone."
    assert [document.text[s.start : s.end] for s in document.solid] == ["if x:\n    go()"]


def test_special_characters(tmp_path: Path) -> None:
    """Tabs, breaks, hyphens, symbols and formulas become characters."""
    body = (
        "<w:p><w:r><w:t>Name:</w:t><w:tab/><w:t>Anna</w:t><w:br/><w:t>co</w:t><w:softHyphen/>"
        '<w:t>op</w:t><w:noBreakHyphen/><w:t>x</w:t><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>'
        "<m:oMath><m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup>"
        "</m:sSup><m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r>"
        "</m:den></m:f></m:oMath></w:p>"
    )

    assert read(tmp_path, body).text == "Name: Anna\ncoop-x✓x^2(a+b)/2"


def test_chart_becomes_a_table_of_its_figures(tmp_path: Path) -> None:
    """The values stored with a chart are read with the names of series and categories."""
    point = '<c:pt idx="{}"><c:v>{}</c:v></c:pt>'.format
    chart = xml(
        "c:chartSpace",
        "<c:chart><c:title><a:p><a:r><a:t>Sales</a:t></a:r></a:p></c:title><c:plotArea><c:ser>"
        f"<c:tx>{point(0, 'Bikes')}</c:tx><c:cat>{point(0, '2023')}{point(1, '2024')}</c:cat>"
        f"<c:val>{point(0, '0.30000000000000004')}{point(1, '5')}</c:val></c:ser></c:plotArea>"
        "</c:chart>",
    )
    body = p("See:") + '<w:p><w:r><w:drawing><c:chart r:id="chart"/></w:drawing></w:r></w:p>'

    document = read(tmp_path, body, chart=chart)

    assert document.text == "See:\n\nSales\n\n | Bikes\n2023 | 0.3\n2024 | 5"


@pytest.mark.parametrize(
    ("given", "expected"),
    [("Annual report", "Annual report"), ("Microsoft Word - x.doc", "One"), ("x.docx", "One")],
)
def test_title_of_the_properties_goes_first(given: str, expected: str, tmp_path: Path) -> None:
    """Unless a program filled it in by itself."""
    assert read(tmp_path, p("One", "Heading1") + p("x"), core=core(given)).title == expected


def test_strict_documents_have_other_names(tmp_path: Path) -> None:
    """The strict form of the standard differs in its namespace alone."""
    source = xml("w:document", f"<w:body>{p('One', 'Heading1')}</w:body>")
    parts: dict[str, str | bytes] = {"word/document.xml": source.replace(TRANSITIONAL, STRICT)}

    document = load(package(tmp_path / "strict.docx", parts))

    assert [h.title for h in document.headings] == ["One"]


def test_nested_tables_end_in_a_reason(tmp_path: Path) -> None:
    """A document made to exhaust the parser is refused."""
    body = "<w:tbl><w:tr><w:tc>" * 2000 + p("x") + "</w:tc></w:tr></w:tbl>" * 2000

    with pytest.raises(DocumentError, match="^damaged: "):
        read(tmp_path, body)


def test_package_without_document_is_damaged(tmp_path: Path) -> None:
    """Any zip may be called .docx."""
    path = package(tmp_path / "a.docx", {"readme.txt": "x"})

    with pytest.raises(DocumentError, match=r"^damaged: its part word/document\.xml is missing$"):
        load(path)
