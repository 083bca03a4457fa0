"""OpenDocument texts and slides read as they print, in the order in which they are read."""

from pathlib import Path

import pytest

from ingest.errors import DocumentError
from ingest.loaders import load
from ingest.types import Document
from tests.ingest.loaders.office_files import package, xml

OASIS = "urn:oasis:names:tc:opendocument:xmlns"
NAMES = "".join(
    f' xmlns:{name}="{OASIS}:{uri}:1.0"'
    for name, uri in (
        ("office", "office"),
        ("table", "table"),
        ("text", "text"),
        ("style", "style"),
        ("draw", "drawing"),
        ("presentation", "presentation"),
        ("svg", "svg-compatible"),
    )
)
STYLES = """<office:automatic-styles>
<style:style style:name="P1" style:parent-style-name="Title"/>
<style:style style:name="P2" style:parent-style-name="Preformatted_20_Text"/>
<style:style style:name="T1"><style:text-properties text:display="none"/></style:style>
<text:list-style style:name="L1">
  <text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>
  <text:list-level-style-number text:level="2" style:num-format="a" style:num-prefix="("
    style:num-suffix=")"/>
  <text:list-level-style-number text:level="3" style:num-format="1" text:display-levels="3"/>
</text:list-style>
<text:list-style style:name="L2"><text:list-level-style-bullet text:level="1"/></text:list-style>
</office:automatic-styles>"""


def p(text: str, style: str = "Standard") -> str:
    """Return a paragraph."""
    return f'<text:p text:style-name="{style}">{text}</text:p>'


def h(text: str, level: int) -> str:
    """Return a heading."""
    return f'<text:h text:outline-level="{level}">{text}</text:h>'


def listed(*items: str, style: str = "", properties: str = "") -> str:
    """Return a list of items."""
    name = f'text:style-name="{style}"' if style else ""
    inside = "".join(f"<text:list-item>{item}</text:list-item>" for item in items)
    return f"<text:list {name} {properties}>{inside}</text:list>"


def document_of(body: str, kind: str = "text", root: str = "document-content") -> str:
    """Return a content part."""
    return (
        f"<office:{root}{NAMES}>{STYLES}<office:body><office:{kind}>{body}</office:{kind}>"
        f"</office:body></office:{root}>"
    )


def read(tmp_path: Path, body: str, kind: str = "text", title: str = "") -> Document:
    """Return the Document of a packed file."""
    parts: dict[str, str | bytes] = {
        "META-INF/manifest.xml": "<manifest/>",
        "content.xml": document_of(body, kind),
        "meta.xml": xml("meta", f"<dc:title>{title}</dc:title>"),
        "styles.xml": f"<office:document-styles{NAMES}><style:header>{p('Letterhead')}"
        "</style:header></office:document-styles>",
    }
    return load(package(tmp_path / "a.odt", parts))


def test_headings_and_title(tmp_path: Path) -> None:
    """The title is told by its style, also where a paragraph has one of its own."""
    body = (
        p("Report", "P1") + h("Scope", 1) + p("About   <text:span>it</text:span>.") + h("Deep", 3)
    )

    document = read(tmp_path, body + p("More."))

    assert document.text == "Report\n\nScope\n\nAbout it.\n\nDeep\n\nMore."
    assert [(x.level, x.title, document.text[x.start :][:4]) for x in document.headings] == [
        (1, "Report", "Repo"),
        (1, "Scope", "Scop"),
        (3, "Deep", "Deep"),
    ]
    assert document.title == "Report"
    assert read(tmp_path, body, title="Annual report").title == "Annual report"


def test_lists_keep_numbers_and_nesting(tmp_path: Path) -> None:
    """A list may go on after a break, start anew, or hold a numbered heading."""
    steps = listed(
        p("mix"), p("bake") + listed(p("slowly"), p("well") + listed(p("very"))), style="L1"
    )
    body = (
        listed(p("milk") + p("two litres"), p("bread"), style="L2") + steps + p("Between.")
        + listed(p("eat"), style="L1", properties='text:continue-numbering="true"')
        + listed(p("anew"), style="L1") + listed(h("Part", 1), style="L1")
    )  # fmt: skip

    document = read(tmp_path, body)

    assert document.text == (
        "- milk\n  two litres\n- bread\n\n1. mix\n2. bake\n  (a) slowly\n  (b) well\n"
        "    2.b.1 very\n\nBetween.\n\n3. eat\n\n1. anew\n\n1. Part"
    )
    assert [x.title for x in document.headings] == ["1. Part"]


def test_table_has_a_line_a_row(tmp_path: Path) -> None:
    """Covered cells say what covers them from above; a wide first row is a caption."""

    def cell(text: str, properties: str = "") -> str:
        return f"<table:table-cell {properties}>{p(text)}</table:table-cell>"

    covered = "<table:covered-table-cell/>"
    rows = (
        cell("Prices", 'table:number-columns-spanned="2"') + covered,
        cell("Kind") + cell("Price"),
        cell("Fruit", 'table:number-rows-spanned="2"') + cell("3"),
        covered + cell("4"),
    )
    head = f"<table:table-header-rows><table:table-row>{rows[0]}</table:table-row>"
    rest = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows[1:])

    document = read(
        tmp_path, f"<table:table>{head}</table:table-header-rows>{rest}</table:table>" + p("End.")
    )

    assert document.text == "Prices\n\nKind | Price\nFruit | 3\nFruit | 4\n\nEnd."
    assert [document.text[s.start : s.end] for s in document.solid] == [
        "Kind | Price\nFruit | 3\nFruit | 4"
    ]


def test_what_is_not_shown_is_left_out(tmp_path: Path) -> None:
    """Deletions, hidden text, comments and contents pages are no text; notes are."""
    note = (
        '<text:note text:note-class="{}"><text:note-citation>1</text:note-citation>'
        "<text:note-body>{}</text:note-body></text:note>"
    ).format
    body = (
        f"<text:tracked-changes>{p('deleted')}</text:tracked-changes>"
        f"<text:table-of-content><text:index-body>{p('Scope 3')}</text:index-body>"
        "</text:table-of-content>"
        + p("A claim" + note("footnote", p("By whom.")) + note("endnote", p("The source.")) + ".")
        + p('Seen<text:span text:style-name="T1"> unseen</text:span>'
            f"<office:annotation>{p('why?')}</office:annotation>.")
        + f'<text:section text:display="none">{p("hidden")}</text:section>'
    )  # fmt: skip

    document = read(tmp_path, body)

    assert document.text == ("A claim.\n\nFootnote 1: By whom.\n\nSeen.\n\nEndnote 1: The source.")
    assert document.notes == ("table of contents, left out", "1 comment left out")


def test_code_boxes_and_blanks(tmp_path: Path) -> None:
    """Code keeps its lines, a text box follows its paragraph, a picture is counted."""
    box = f"<draw:frame><draw:text-box>{p('In the box.')}</draw:text-box></draw:frame>"
    body = (
        p("if x:", "P2") + p('<text:s text:c="4"/>go()', "P2") + p(f"Anchor.{box}")
        + p("a<text:tab/>b<text:line-break/>c<draw:frame><draw:image/></draw:frame>")
    )  # fmt: skip

    document = read(tmp_path, body)

    assert document.text == "if x:\n    go()\n\nAnchor.\n\nIn the box.\n\na b\nc"
    assert document.text[document.solid[0].start : document.solid[0].end] == "if x:\n    go()"
    assert document.notes == ("1 image without text",)


def frame(text: str, top: float, left: float = 1, kind: str = "") -> str:
    """Return a frame with a text box, its place in centimetres."""
    mark = f'presentation:class="{kind}"' if kind else ""
    return (
        f'<draw:frame svg:y="{top}cm" svg:x="{left}cm" {mark}><draw:text-box>{p(text)}'
        "</draw:text-box></draw:frame>"
    )


def test_slides_are_pages_in_reading_order(tmp_path: Path) -> None:
    """Titles go first, notes last under their name, footers not at all."""
    table = (
        '<draw:frame svg:y="9cm" svg:x="1cm"><table:table><table:table-row>'
        f"<table:table-cell>{p('a')}</table:table-cell><table:table-cell>{p('b')}"
        "</table:table-cell></table:table-row></table:table></draw:frame>"
    )
    first = (
        frame("right", 5.1, 12) + frame("left", 5, 1) + table + frame("Plans", 7, kind="title")
        + frame("Acme", 19, kind="footer") + f"<draw:g>{frame('grouped', 3)}</draw:g>"
        + f"<presentation:notes>{frame('Smile.', 1, kind='notes')}</presentation:notes>"
    )  # fmt: skip
    body = f"<draw:page>{first}</draw:page><draw:page/><draw:page>{frame('Bye', 1)}</draw:page>"

    document = read(tmp_path, body, "presentation")

    assert document.text == (
        "Plans\n\ngrouped\n\nleft\n\nright\n\na | b\n\nSpeaker notes\n\nSmile.\n\nBye"
    )
    assert [(x.number, document.text[x.start : x.end][-6:]) for x in document.pages] == [
        (1, "Smile."),
        (2, ""),
        (3, "Bye"),
    ]
    assert [(x.level, x.title) for x in document.headings] == [
        (1, "Plans"),
        (2, "Speaker notes"),
        (1, "Bye"),
    ]
    assert document.title == "Plans"


def test_flat_file(tmp_path: Path) -> None:
    """The form that is one XML file reads the same."""
    path = tmp_path / "flat.fodt"
    path.write_text('<?xml version="1.0"?>' + document_of(h("One", 1) + p("x"), root="document"))

    assert load(path).text == "One\n\nx"


def test_header_is_read_where_there_is_nothing_else(tmp_path: Path) -> None:
    """A letterhead is better than "empty"."""
    assert read(tmp_path, p("")).text == "Letterhead"


def test_encrypted_document(tmp_path: Path) -> None:
    """The manifest tells that the content is encrypted."""
    parts: dict[str, str | bytes] = {
        "META-INF/manifest.xml": "<manifest><encryption-data/></manifest>",
        "content.xml": b"\x00\x01",
    }

    with pytest.raises(DocumentError, match="^password protected$"):
        load(package(tmp_path / "a.odt", parts))


def test_scanned_pages_need_ocr(tmp_path: Path) -> None:
    """A presentation of pictures says so."""
    page = "<draw:page><draw:frame><draw:image/></draw:frame></draw:page>"

    with pytest.raises(DocumentError, match="^no text, only images: needs OCR$"):
        read(tmp_path, page, "presentation")
