"""PDF gives paragraphs with exact pages, headings and tables, and a reason where it gives none."""

from pathlib import Path

import pypdf
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from ingest.errors import DocumentError
from ingest.loaders import load
from ingest.types import Document, Page
from tests.ingest.pdf_files import write_pages, write_scan

PAGES = [
    [
        "The warranty of the pump ends after twenty-four months, counted from the",
        "day on which it was delivered. It covers parts and work, but neither the",
        "filters nor the hoses.",
        "",
        "Claims are made in writing. The form is to be had at the of-",
        "fice; the twenty-four months are not prolonged by a repair, which is well",
    ],
    ["known to dealers and stated on the reverse of each delivery note.", "", "Second matter."],
]


def page_text(document: Document, number: int) -> str:
    """Return the words that a page span holds."""
    page = document.pages[number - 1]
    assert page.number == number
    return document.text[page.start : page.end]


def test_lines_become_paragraphs(tmp_path: Path) -> None:
    """Line ends inside a paragraph vanish, broken words are joined, hyphened ones are kept."""
    document = load(write_pages(tmp_path / "w.pdf", PAGES))

    assert document.text == (
        "The warranty of the pump ends after twenty-four months, counted from the day on which it "
        "was delivered. It covers parts and work, but neither the filters nor the hoses.\n\n"
        "Claims are made in writing. The form is to be had at the office; the twenty-four months "
        "are not prolonged by a repair, which is well known to dealers and stated on the reverse "
        "of each delivery note.\n\n"
        "Second matter."
    )


def test_pages_span_their_own_words(tmp_path: Path) -> None:
    """A paragraph that goes on over the page is cut where the page ends."""
    document = load(write_pages(tmp_path / "w.pdf", PAGES))

    assert page_text(document, 1).endswith("which is well")
    assert page_text(document, 2).startswith("known to dealers")
    assert page_text(document, 2).endswith("Second matter.")


def test_word_broken_over_pages_is_joined(tmp_path: Path) -> None:
    """The page spans still touch exactly where the word was broken."""
    first, second = "All of this was written by the depart-", "ment of public works last year."
    document = load(write_pages(tmp_path / "b.pdf", [[first], [second]]))

    assert document.text == "All of this was written by the department of public works last year."
    assert document.pages == (Page(1, 0, 37), Page(2, 37, 68))


def test_title_comes_from_the_metadata(tmp_path: Path) -> None:
    """A title that the author gave names the document."""
    assert load(write_pages(tmp_path / "w.pdf", PAGES, title="Pump terms")).title == "Pump terms"


@pytest.mark.parametrize("title", ["", "untitled", "Microsoft Word - terms.doc", "terms_v2.docx"])
def test_title_of_a_program_is_ignored(title: str, tmp_path: Path) -> None:
    """What a program fills in by itself is no title; the file's name is better."""
    assert load(write_pages(tmp_path / "pump_terms.pdf", PAGES, title=title)).title == "pump terms"


def test_running_lines_and_page_numbers_are_dropped(tmp_path: Path) -> None:
    """What stands at the edge of every page is not part of the text."""
    pages = [
        [
            "Annual report 2026",
            "",
            f"Matter {name} was settled by both sides.",
            "",
            f"Page {n} of 4",
        ]
        for n, name in enumerate(["one", "two", "three", "four"], start=1)
    ]

    assert load(write_pages(tmp_path / "r.pdf", pages)).text == "\n\n".join(
        f"Matter {name} was settled by both sides." for name in ["one", "two", "three", "four"]
    )


def test_pages_that_are_all_alike_keep_their_text(tmp_path: Path) -> None:
    """Where nothing but repeated lines is there, they are the text."""
    pages = [["The same notice hangs on each door."]] * 4

    assert load(write_pages(tmp_path / "n.pdf", pages)).text.count("notice") == 4


def test_type_shows_headings(tmp_path: Path) -> None:
    """Without an outline, larger and bolder lines are headings; the largest one is the title."""
    canvas = Canvas(str(tmp_path / "t.pdf"), pagesize=A4)
    for size, font, height, words in [
        (20, "Helvetica-Bold", 780, "Travel policy"),
        (14, "Helvetica-Bold", 740, "1 Trains"),
        (10, "Helvetica", 720, "Trains go first, since they are quick and cheap enough for all."),
        (10, "Helvetica-Bold", 690, "1.1 Seats"),
        (10, "Helvetica", 670, "Seats are paid, and so are beds on night trains of any class."),
    ]:
        canvas.setFont(font, size)
        canvas.drawString(72, height, words)
    canvas.save()

    document = load(tmp_path / "t.pdf")

    assert document.title == "Travel policy"
    assert [(h.level, h.title) for h in document.headings] == [
        (1, "Travel policy"),
        (2, "1 Trains"),
        (3, "1.1 Seats"),
    ]
    assert all(document.text[h.start :].startswith(f"{h.title}\n\n") for h in document.headings)


def test_outline_gives_headings_at_their_lines(tmp_path: Path) -> None:
    """Bookmarks are found by their words on the page, with or without a number."""
    canvas = Canvas(str(tmp_path / "o.pdf"), pagesize=A4)
    canvas.setFont("Helvetica", 10)
    for row, words in enumerate(["Foreword of the author.", "2.1 Safe use", "Wear gloves."]):
        canvas.drawString(72, 700 - 12 * row, words)
    for level, title in enumerate(["Machines", "Safe use"]):
        canvas.bookmarkPage(title)
        canvas.addOutlineEntry(title, title, level=level)
    canvas.save()

    document = load(tmp_path / "o.pdf")

    assert document.text == "Foreword of the author.\n\n2.1 Safe use\n\nWear gloves."
    assert [(h.level, h.title, h.start) for h in document.headings] == [
        (1, "Machines", 0),
        (2, "Safe use", 25),
    ]


def test_table_keeps_rows_and_columns(tmp_path: Path) -> None:
    """Words far apart on a line are cells; the rows together are solid."""
    canvas = Canvas(str(tmp_path / "t.pdf"), pagesize=A4)
    canvas.setFont("Helvetica", 10)
    canvas.drawString(72, 760, "Prices are given for one night with breakfast, taxes are included.")
    for row, cells in enumerate([("City", "Hotel"), ("Old Haven", "125"), ("Dunmere", "105")]):
        for column, cell in enumerate(cells):
            canvas.drawString(72 + 150 * column, 730 - 16 * row, cell)
    canvas.save()

    document = load(tmp_path / "t.pdf")

    assert document.text.endswith("included.\n\nCity | Hotel\nOld Haven | 125\nDunmere | 105")
    assert [document.text[s.start : s.end].count("\n") for s in document.solid] == [2]


def test_code_keeps_lines_and_indentation(tmp_path: Path) -> None:
    """Lines in a typewriter face are code: not joined, indented as on the page."""
    canvas = Canvas(str(tmp_path / "c.pdf"), pagesize=A4)
    canvas.setFont("Courier", 10)
    for row, line in enumerate(["if ready:", "    start()", "else: wait()"]):
        canvas.drawString(72 + 6 * (len(line) - len(line.lstrip())), 760 - 12 * row, line.lstrip())
    canvas.save()

    document = load(tmp_path / "c.pdf")

    assert document.text == "if ready:\n    start()\nelse: wait()"
    assert len(document.solid) == 1


def test_fields_of_a_form_are_read_with_their_names(tmp_path: Path) -> None:
    """What was typed into a form is found on its page; empty fields say nothing."""
    canvas = Canvas(str(tmp_path / "f.pdf"), pagesize=A4)
    canvas.drawString(72, 760, "Application for leave of any kind")
    canvas.acroForm.textfield(name="surname", tooltip="Surname", value="Okonkwo", x=72, y=700)
    canvas.acroForm.textfield(name="days", value="12", x=72, y=650)
    canvas.acroForm.textfield(name="remarks", value="", x=72, y=600)
    canvas.save()

    document = load(tmp_path / "f.pdf")

    assert page_text(document, 1) == (
        "Application for leave of any kind\n\nSurname: Okonkwo\ndays: 12"
    )


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    """The first column runs on into the second, not across the page."""
    canvas = Canvas(str(tmp_path / "two.pdf"), pagesize=A4)
    canvas.setFont("Helvetica", 10)
    left = [
        "The first column tells how the",
        "story began in the old town",
        "and why nobody wanted to",
    ]
    right = [
        "believe the keeper of the well",
        "when he said that the water",
        "had been sweet all along.",
    ]
    for column, lines in ((72, left), (320, right)):
        for row, line in enumerate(lines):
            canvas.drawString(column, 760 - 12 * row, line)
    canvas.save()

    assert load(tmp_path / "two.pdf").text == " ".join(left + right)


def test_table_of_contents_is_left_out_and_named(tmp_path: Path) -> None:
    """A page of titles and page numbers answers nothing; the notes say that it is gone."""
    contents = [f"Chapter {n} on things {'. ' * 20}{3 * n}" for n in range(1, 12)]
    document = load(write_pages(tmp_path / "c.pdf", [contents, ["The text itself is here."]]))

    assert document.text == "The text itself is here."
    assert document.notes == ("page 1: table of contents, left out",)


def test_page_without_text_is_noted(tmp_path: Path) -> None:
    """A drawing between pages of text is named; a blank page is nothing to tell."""
    canvas = Canvas(str(tmp_path / "p.pdf"), pagesize=A4)
    canvas.drawString(72, 700, "The first page has words on it.")
    canvas.showPage()
    canvas.rect(100, 100, 200, 200, fill=1)
    canvas.showPage()
    canvas.showPage()
    canvas.drawString(72, 700, "The last page has words on it, too.")
    canvas.save()

    document = load(tmp_path / "p.pdf")

    assert document.notes == ("page 2: no text",)
    assert page_text(document, 2) == ""
    assert page_text(document, 4) == "The last page has words on it, too."


def test_pages_beyond_the_limit_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A book of too many pages is read in part, and the notes say so."""
    monkeypatch.setattr("ingest.loaders.pdf_pdfium.MAX_PAGES", 2)
    monkeypatch.setattr("ingest.loaders.pdf.MAX_PAGES", 2)
    path = write_pages(tmp_path / "m.pdf", [[f"This is page {n}."] for n in "abc"])

    document = load(path)

    assert document.text == "This is page a.\n\nThis is page b."
    assert document.notes == ("only the first 2 of 3 pages were read",)


def test_pypdf_reads_what_pdfium_refuses(tmp_path: Path) -> None:
    """A file with rubbish before its header is opened by the second parser."""
    path = write_pages(tmp_path / "j.pdf", PAGES)
    path.write_bytes(b" " * 3_000 + path.read_bytes())

    document = load(path)

    assert "at the office; the twenty-four months" in document.text
    assert page_text(document, 2).endswith("Second matter.")


def test_scan_says_that_it_needs_ocr(tmp_path: Path) -> None:
    """A PDF of pictures is skipped with a reason, not taken in with nothing in it."""
    with pytest.raises(DocumentError, match=r"^no text layer \(a scan\?\): needs OCR$"):
        load(write_scan(tmp_path / "s.pdf"))


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_user_password_is_asked_for(algorithm: str, tmp_path: Path) -> None:
    """A file that opens only with a password says so."""
    path = _encrypted(tmp_path, algorithm, user="secret")

    with pytest.raises(DocumentError, match="^encrypted: needs a password$"):
        load(path)


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_owner_password_alone_is_no_hindrance(algorithm: str, tmp_path: Path) -> None:
    """A file that anybody may open is read, whatever it forbids."""
    assert "warranty of the pump" in load(_encrypted(tmp_path, algorithm, user="")).text


def _encrypted(folder: Path, algorithm: str, user: str) -> Path:
    """Return a PDF encrypted with an owner's password and this user's."""
    writer = pypdf.PdfWriter(write_pages(folder / "plain.pdf", PAGES))
    writer.encrypt(user_password=user, owner_password="owner", algorithm=algorithm)
    path = folder / "encrypted.pdf"
    writer.write(path)
    return path


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_truncated_file_is_damaged_or_read_in_part(share: float, tmp_path: Path) -> None:
    """The end of a file cut off gives a reason or words of the text, never noise or a crash."""
    path = write_pages(tmp_path / "t.pdf", PAGES)
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])

    try:
        assert "warranty of the pump" in load(path).text
    except DocumentError as error:
        assert str(error).startswith("damaged PDF: ")


@pytest.mark.parametrize(
    "data", [b"<html><p>not a pdf</p></html>", bytes(range(256)) * 30, b"%PDF-1.7\n%%EOF\n"]
)
def test_what_is_no_pdf_is_damaged(data: bytes, tmp_path: Path) -> None:
    """A file that only claims to be a PDF is refused in one line."""
    path = tmp_path / "x.pdf"
    path.write_bytes(data)

    with pytest.raises(DocumentError, match="^damaged PDF: .+") as caught:
        load(path)
    assert "\n" not in str(caught.value)
