"""A presentation reads slide by slide, from top to bottom, with its tables and speaker notes."""

from pathlib import Path

import pytest

from ingest.errors import DocumentError
from ingest.loaders import load
from ingest.types import Document
from tests.ingest.loaders.office_files import core, package, relationships, xml

LAYOUT = xml(
    "p:sldLayout",
    """<p:cSld><p:spTree>
<p:sp><p:nvSpPr><p:nvPr><p:ph type="title"/></p:nvPr></p:nvSpPr>
  <p:spPr><a:xfrm><a:off x="0" y="100000"/></a:xfrm></p:spPr></p:sp>
<p:sp><p:nvSpPr><p:nvPr><p:ph idx="1"/></p:nvPr></p:nvSpPr>
  <p:spPr><a:xfrm><a:off x="0" y="2000000"/></a:xfrm></p:spPr></p:sp>
<p:sp><p:nvSpPr><p:nvPr><p:ph type="body" idx="13"/></p:nvPr></p:nvSpPr>
  <p:spPr><a:xfrm><a:off x="0" y="5000000"/></a:xfrm></p:spPr>
  <p:txBody><a:lstStyle><a:lvl1pPr><a:buNone/></a:lvl1pPr></a:lstStyle></p:txBody></p:sp>
</p:spTree></p:cSld>""",
)


def a(text: str, properties: str = "") -> str:
    """Return a paragraph of one run."""
    return f"<a:p>{properties}<a:r><a:t>{text}</a:t></a:r></a:p>"


def shape(content: str, top: int | None = None, left: int = 0, holder: str = "") -> str:
    """Return a shape with paragraphs, in millimetres; ``holder`` makes it a placeholder."""
    off = f'<a:xfrm><a:off x="{left * 36000}" y="{(top or 0) * 36000}"/></a:xfrm>'
    mark = f"<p:ph {holder}/>" if holder else ""
    return (
        f"<p:sp><p:nvSpPr><p:nvPr>{mark}</p:nvPr></p:nvSpPr>"
        f"<p:spPr>{'' if top is None else off}</p:spPr><p:txBody>{content}</p:txBody></p:sp>"
    )


def slide(*shapes: str) -> str:
    """Return the part of a slide."""
    return xml("p:sld", f"<p:cSld><p:spTree>{''.join(shapes)}</p:spTree></p:cSld>")


def read(
    tmp_path: Path,
    *slides: str,
    notes: str = "",
    title: str = "",
    layout: str = LAYOUT,
    **more: str,
) -> Document:
    """Return the Document of a presentation; ``notes`` are those of the first slide."""
    numbers = range(1, len(slides) + 1)
    parts: dict[str, str | bytes] = {
        "ppt/presentation.xml": xml(
            "p:presentation",
            "<p:sldIdLst>"
            + "".join(f'<p:sldId id="{255 + n}" r:id="r{n}"/>' for n in numbers)
            + "</p:sldIdLst>",
        ),
        "ppt/_rels/presentation.xml.rels": relationships(
            *((f"r{n}", "slide", f"slides/slide{len(slides) - n}.xml") for n in numbers)
        ),
        "ppt/slideLayouts/slideLayout1.xml": layout,
        "ppt/notesSlides/n.xml": notes,
        "docProps/core.xml": core(title),
    }
    for n, content in zip(numbers, slides, strict=True):
        name = f"slide{len(slides) - n}.xml"
        parts[f"ppt/slides/{name}"] = content
        links = [("l", "slideLayout", "../slideLayouts/slideLayout1.xml")]
        links += [("n", "notesSlide", "../notesSlides/n.xml")] if notes and n == 1 else []
        links += [(kind, kind, f"../{kind}.xml") for kind in more]
        parts[f"ppt/slides/_rels/{name}.rels"] = relationships(*links)
    return load(
        package(
            tmp_path / "talk.pptx", parts | {f"ppt/{kind}.xml": part for kind, part in more.items()}
        )
    )


def test_slides_are_pages_with_their_titles(tmp_path: Path) -> None:
    """The order is that of the presentation, not of the file names; offsets are exact."""
    first = slide(shape(a("Body."), 50), shape(a("Plans"), holder='type="ctrTitle"'))
    second = slide(shape(a("Costs"), holder='type="title"'), shape(a("High."), 50))

    document = read(tmp_path, first, second)

    assert document.text == "Plans\n\nBody.\n\nCosts\n\nHigh."
    assert [document.text[page.start : page.end] for page in document.pages] == [
        "Plans\n\nBody.",
        "Costs\n\nHigh.",
    ]
    assert [(h.level, h.title, document.text[h.start :][:5]) for h in document.headings] == [
        (1, "Plans", "Plans"),
        (1, "Costs", "Costs"),
    ]
    assert document.title == "Plans"
    assert [page.number for page in document.pages] == [1, 2]


def test_shapes_are_read_from_top_to_bottom(tmp_path: Path) -> None:
    """Shapes of one row go from left to right, a group together; a placeholder lies by its layout.

    Dates, footers and slide numbers are left out.
    """
    group = (
        '<p:grpSp><p:grpSpPr><a:xfrm><a:off x="0" y="3600000"/></a:xfrm></p:grpSpPr>'
        + shape(a("g2"), 900) + shape(a("g1"), 800) + "</p:grpSp>"
    )  # fmt: skip
    page = slide(
        shape(a("last"), 150),
        group,
        shape(a("right"), 41, left=90),
        shape(a("left"), 43, left=5),
        shape(a("layout says 55 mm"), holder='idx="1"'),
        shape(a("Title"), holder='type="title"'),
        shape(a("7"), 10, holder='type="sldNum" idx="12"'),
        shape(a("Acme"), 10, holder='type="ftr" idx="11"'),
    )

    assert read(tmp_path, page).text == (
        "Title\n\nleft\n\nright\n\nlayout says 55 mm\n\ng1\n\ng2\n\nlast"
    )


def test_comparison_is_read_column_by_column(tmp_path: Path) -> None:
    """Each heading goes before its own text, though both headings stand in one row."""
    body = 'type="body" idx="{}"'.format
    page = slide(
        shape(a("left"), 40, left=10, holder=body(1)),
        shape(a("right"), 40, left=90, holder=body(3)),
        shape(a("left text"), 60, left=10, holder='idx="2"'),
        shape(a("right text"), 60, left=90, holder='idx="4"'),
        shape(a("Title"), holder='type="title"'),
        shape(a("below"), 150),
    )
    layout = LAYOUT.replace("<p:sldLayout ", '<p:sldLayout type="twoTxTwoObj" ')

    assert read(tmp_path, page, layout=layout).text == (
        "Title\n\nleft\n\nleft text\n\nright\n\nright text\n\nbelow"
    )


def test_lists_keep_bullets_numbers_and_levels(tmp_path: Path) -> None:
    """The body has bullets unless the slide or its layout says otherwise."""
    number = '<a:pPr{}><a:buAutoNum type="arabicPeriod"/></a:pPr>'.format
    body = shape(a("one") + a("deep", '<a:pPr lvl="1"/>') + a("two"), holder='idx="1"')
    steps = shape(
        a("mix", number("")) + a("slowly", number(' lvl="1"')) + a("bake", number(""))
        + a("Enjoy.", "<a:pPr><a:buNone/></a:pPr>"),
        100,
    )  # fmt: skip
    plain = shape(a("no") + a("bullets"), holder='type="body" idx="13"')

    assert read(tmp_path, slide(shape(a("T"), 0), body, steps, plain)).text == (
        "T\n\n- one\n  - deep\n- two\n\n1. mix\n  1. slowly\n2. bake\n\nEnjoy.\n\nno\n\nbullets"
    )


def test_slide_without_title_is_named_by_its_first_words_or_number(tmp_path: Path) -> None:
    """Text never falls under the title of the slide before."""
    long = slide(shape(a("A whole sentence. " * 9), 20))

    document = read(tmp_path, slide(shape(a("Short"), 5), shape(a("x"), 50)), long)

    assert [h.title for h in document.headings] == ["Short", "Slide 2"]
    assert document.text.startswith("Short\n\nx\n\nSlide 2\n\nA whole sentence.")


def test_speaker_notes_stand_under_their_name(tmp_path: Path) -> None:
    """Notes are told from what the audience saw."""
    notes = xml(
        "p:notes",
        "<p:cSld><p:spTree>"
        + shape(a("1"), holder='type="sldNum"')
        + shape(a("Smile.") + a("Pause."), holder='type="body" idx="1"')
        + "</p:spTree></p:cSld>",
    )

    document = read(tmp_path, slide(shape(a("Hello"), holder='type="title"')), notes=notes)

    assert document.text == "Hello\n\nSpeaker notes\n\nSmile.\n\nPause."
    assert [(h.level, h.title) for h in document.headings] == [(1, "Hello"), (2, "Speaker notes")]


def test_table_has_a_line_a_row(tmp_path: Path) -> None:
    """Merged cells become a caption, or are said in each row."""

    def tc(text: str, merged: str = "") -> str:
        return f"<a:tc {merged}><a:txBody>{a(text)}</a:txBody></a:tc>"

    rows = (
        tc("Prices", 'gridSpan="2"') + tc("", 'hMerge="1"'),
        tc("Kind") + tc("Price"),
        tc("Fruit", 'rowSpan="2"') + tc("3"),
        tc("", 'vMerge="1"') + tc("4"),
    )
    table = "".join(f"<a:tr>{row}</a:tr>" for row in rows)
    frame = f"<p:graphicFrame><a:graphic><a:tbl>{table}</a:tbl></a:graphic></p:graphicFrame>"

    document = read(tmp_path, slide(shape(a("T"), holder='type="title"'), frame))

    assert document.text == "T\n\nPrices\n\nKind | Price\nFruit | 3\nFruit | 4"
    assert [document.text[s.start : s.end] for s in document.solid] == [
        "Kind | Price\nFruit | 3\nFruit | 4"
    ]


def test_diagram_gives_its_words(tmp_path: Path) -> None:
    """SmartArt keeps its words in a part of its own."""
    points = f"<dgm:pt><dgm:t>{a('Plan')}</dgm:t></dgm:pt><dgm:pt/><dgm:pt><dgm:t>{a('Do')}</dgm:t>"
    frame = '<p:graphicFrame><dgm:relIds r:dm="diagram"/></p:graphicFrame>'

    document = read(
        tmp_path,
        slide(shape(a("Cycle"), holder='type="title"'), frame),
        diagram=xml("dgm:dataModel", f"{points}</dgm:pt>"),
    )

    assert document.text == "Cycle\n\nPlan\n\nDo"


def test_what_is_left_out_is_said(tmp_path: Path) -> None:
    """Pictures, bare and broken slides and comments are counted."""
    document = read(
        tmp_path,
        slide(shape(a("T"), holder='type="title"'), "<p:pic/>"),
        slide("<p:pic/>"),
        "<p:sld>",
        comments=xml("p:cmLst", "<p:cm/>"),
    )

    assert document.text == "T"
    assert [(page.start, page.end) for page in document.pages] == [(0, 1), (1, 1)]
    assert document.notes == (
        "1 slide could not be read",
        "1 slide without text",
        "2 images without text",
        "2 comments left out",
    )


def test_title_of_the_properties_goes_first(tmp_path: Path) -> None:
    """Unless PowerPoint filled it in."""
    page = slide(shape(a("Plans"), holder='type="title"'))

    assert read(tmp_path, page, title="The plan for 2030").title == "The plan for 2030"
    assert read(tmp_path, page, title="PowerPoint Presentation").title == "Plans"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<p:pic/>", "no text, only images: needs OCR"),
        ("", "empty"),
        (shape("<a:p/>", holder='type="title"'), "empty"),
    ],
)
def test_presentation_without_words_says_why(content: str, reason: str, tmp_path: Path) -> None:
    """A deck of screenshots is told from one that is empty."""
    with pytest.raises(DocumentError, match=f"^{reason}$"):
        read(tmp_path, slide(content))


def test_presentation_of_broken_slides_is_damaged(tmp_path: Path) -> None:
    """No slide that can be read is no document."""
    with pytest.raises(DocumentError, match="^damaged: its slides cannot be read$"):
        read(tmp_path, "<p:sld>")
