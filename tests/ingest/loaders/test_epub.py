"""E-books are read chapter by chapter, each item once, and nothing else."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from ingest.errors import DocumentError
from ingest.loaders import load
from ingest.types import Document

CONTAINER = """<?xml version="1.0"?>
<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>
<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/>
</rootfiles></container>"""
PACKAGE = """<?xml version="1.0"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The  Lighthouse</dc:title>
<dc:creator>Ida Holm</dc:creator><dc:creator>Per Lund</dc:creator></metadata>
<manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="c2" href="text/two.xhtml" media-type="application/xhtml+xml"/>
<item id="c1" href="text/chapter%20one.xhtml" media-type="application/xhtml+xml"/>
<item id="map" href="map.svg" media-type="image/svg+xml"/>
<item id="gone" href="text/gone.xhtml" media-type="application/xhtml+xml"/>
</manifest>
<spine><itemref idref="nav"/><itemref idref="c1"/><itemref idref="c2"/><itemref idref="c1"/>
<itemref idref="map"/><itemref idref="gone"/></spine></package>"""
ONE = """<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="a.js"/></head>
<body><a id="top"/><h1>The Storm</h1><p>The lamp went out at nine.<br/>Nobody saw it.</p></body>
</html>"""
TWO = """<html xmlns="http://www.w3.org/1999/xhtml"><body><section><h1>The Calm</h1>
<p>Morning came.</p><table><tr><th>Ship</th><th>Crew</th></tr><tr><td>Vega</td><td>9</td></tr>
</table></section></body></html>"""
NAVIGATION = "<html><body><nav><ol><li><a href='x'>The Storm</a></li></ol></nav></body></html>"
MEMBERS = {
    "mimetype": "application/epub+zip",
    "META-INF/container.xml": CONTAINER,
    "OEBPS/book.opf": PACKAGE,
    "OEBPS/nav.xhtml": NAVIGATION,
    "OEBPS/text/chapter one.xhtml": ONE,
    "OEBPS/text/two.xhtml": TWO,
}
ENCRYPTION = """<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"
 xmlns:enc="http://www.w3.org/2001/04/xmlenc#"><enc:EncryptedData>
<enc:EncryptionMethod Algorithm="{algorithm}"/><enc:CipherData>
<enc:CipherReference URI="OEBPS/text/two.xhtml"/></enc:CipherData></enc:EncryptedData></encryption>
"""


def read(tmp_path: Path, members: Mapping[str, str | bytes]) -> Document:
    """Return the Document of a book that holds these members."""
    path = tmp_path / "book.epub"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return load(path)


def test_chapters_follow_the_spine_each_once(tmp_path: Path) -> None:
    """The order is that of the spine, its table of contents is gone, nothing comes twice."""
    assert read(tmp_path, MEMBERS).text == (
        "Author: Ida Holm, Per Lund\n\n"
        "The Storm\n\nThe lamp went out at nine.\nNobody saw it.\n\n"
        "The Calm\n\nMorning came.\n\nShip | Crew\nVega | 9"
    )


def test_title_headings_and_table_have_their_place(tmp_path: Path) -> None:
    """The title is that of the metadata, headings and table lie where they say."""
    document = read(tmp_path, MEMBERS)

    assert document.title == "The Lighthouse"
    assert [heading.title for heading in document.headings] == ["The Storm", "The Calm"]
    for heading in document.headings:
        assert document.text[heading.start :].startswith(heading.title)
    assert [document.text[s.start : s.end] for s in document.solid] == ["Ship | Crew\nVega | 9"]


def test_what_is_missing_is_noted(tmp_path: Path) -> None:
    """A chapter that the file lacks and a page that is a picture are counted."""
    assert read(tmp_path, MEMBERS).notes == (
        "1 of 3 chapters are missing from the file",
        "1 pages are pictures without text",
    )


def test_protected_book_says_so(tmp_path: Path) -> None:
    """A chapter encrypted by a shop makes the book unreadable, and the reason says why."""
    scheme = ENCRYPTION.format(algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc")

    with pytest.raises(DocumentError, match=r"^encrypted: .*DRM"):
        read(tmp_path, {**MEMBERS, "META-INF/encryption.xml": scheme})


def test_masked_fonts_do_no_harm(tmp_path: Path) -> None:
    """The masking of fonts, which many publishers use, is no protection of the text."""
    scheme = ENCRYPTION.format(algorithm="http://www.idpf.org/2008/embedding")
    scheme = scheme.replace("text/two.xhtml", "fonts/a.otf")

    assert "Morning came." in read(tmp_path, {**MEMBERS, "META-INF/encryption.xml": scheme}).text


def test_book_of_pictures_has_no_text(tmp_path: Path) -> None:
    """A comic whose pages hold images alone is refused."""
    page = "<html><body><img src='1.jpg'/></body></html>"
    members = {**MEMBERS, "OEBPS/text/chapter one.xhtml": page, "OEBPS/text/two.xhtml": page}

    with pytest.raises(DocumentError, match="^no text"):
        read(tmp_path, members)


def test_book_without_container_is_found(tmp_path: Path) -> None:
    """The package file is found by its suffix where nothing names it."""
    members = {name: text for name, text in MEMBERS.items() if "container" not in name}

    assert "Morning came." in read(tmp_path, members).text


def test_book_without_package_file_is_damaged(tmp_path: Path) -> None:
    """Without a list of chapters there is no order to read in."""
    members = {name: text for name, text in MEMBERS.items() if not name.endswith(".opf")}

    with pytest.raises(DocumentError, match="^damaged: it names no chapters"):
        read(tmp_path, members)


def test_references_out_of_the_book_find_nothing(tmp_path: Path) -> None:
    """A path that climbs out of the package is a missing chapter, never a file of the machine."""
    package = PACKAGE.replace("text/two.xhtml", "../../../../etc/passwd")
    document = read(tmp_path, {**MEMBERS, "OEBPS/book.opf": package})

    assert "Morning" not in document.text and "root:" not in document.text
