"""PDF files made for tests: ordinary ones with reportlab, hostile ones by hand."""

from collections.abc import Sequence
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

LEFT, TOP, LEADING = 72, 760, 12


def write_pages(path: Path, pages: Sequence[Sequence[str]], title: str = "") -> Path:
    """Write a PDF of 10-point lines, one list of lines a page; an empty line is a gap."""
    canvas = Canvas(str(path), pagesize=A4)
    canvas.setTitle(title)
    for lines in pages:
        canvas.setFont("Helvetica", 10)
        for row, line in enumerate(lines):
            canvas.drawString(LEFT, TOP - LEADING * row, line)
        canvas.showPage()
    canvas.save()
    return path


def write_scan(path: Path) -> Path:
    """Write a PDF of two pages that hold a drawing and no text."""
    canvas = Canvas(str(path), pagesize=A4)
    for _ in range(2):
        canvas.rect(100, 100, 300, 400, fill=1)
        canvas.showPage()
    canvas.save()
    return path


def write_bomb(path: Path) -> Path:
    """Write a PDF of 800 bytes whose form draws itself twice: PDFium takes gigabytes for it."""
    resources = b"/Resources<</XObject<</X 5 0 R>>/Font<</F 6 0 R>>>>"
    return write_objects(
        path,
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R" + resources + b">>",
            _stream(b"", b"/X Do"),
            _stream(
                b"/Type/XObject/Subtype/Form/BBox[0 0 200 200]" + resources,
                b"BT /F 9 Tf (hello) Tj ET /X Do /X Do",
            ),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        ],
    )


def write_objects(path: Path, objects: Sequence[bytes]) -> Path:
    """Write a PDF of these objects, numbered from 1; the first is the catalogue."""
    data = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % place for place in places)
    data += b"trailer\n<</Size %d/Root 1 0 R>>\n" % (len(objects) + 1)
    path.write_bytes(data + b"startxref\n%d\n%%%%EOF\n" % table)
    return path


def _stream(entries: bytes, content: bytes) -> bytes:
    """Return a stream object with its dictionary."""
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(content), content)
