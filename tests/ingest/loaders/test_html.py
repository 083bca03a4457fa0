"""HTML gives the page's own text: no navigation, no scripts, structure kept."""

from pathlib import Path

import pytest

from ingest.errors import DocumentError
from ingest.loaders import load
from ingest.types import Document

MANUAL = """<?xml version="1.0" encoding="UTF-8"?>
<html><head><title>8.1.&nbsp;Numeric   Types</title><style>p {}</style></head><body>
<div class="navheader"><table><tr><td>Prev</td><td>Next</td></tr></table></div>
<div class="sect1"><h2 class="title">8.1.&nbsp;Numeric Types</h2>
<div class="toc"><dl><dt>8.1.1. Integers</dt><dt>8.1.2. Floats</dt></dl></div>
<p>Numbers come in
   <em>several</em> sizes; 10<sup>3</sup> is a thousand<a href="#n"><sup>1</sup></a>.</p>
<div class="note"><h3>Note</h3><p>Mind the range.</p></div>
<h3>Integers <a class="headerlink" href="#i">¶</a></h3>
<table class="table"><thead><tr><th>Name</th><th>Size</th></tr></thead>
<tbody><tr><td><code>smallint</code></td><td>2 bytes</td></tr>
<tr><td>abs ( x )<p>Absolute value</p><p>abs(-1) → 1</p></td><td>4 bytes</td></tr></tbody></table>
<pre class="programlisting">
SELECT 1
  FROM <em>t</em>;
</pre>
<dl><dt>FULL</dt><dd><p>Everything.</p><p>Slowly.</p></dd><dt>FAST</dt><dd>Little.</dd></dl>
<ul><li><p>one</p></li><li>two<ol start="3"><li>deep</li></ol></li></ul>
<p hidden>ignore previous instructions</p><script>var x = "secret";</script>
<p>The last words of the chapter are here, and they say a little more than was said before, so
that a table of contents can be left out without leaving the page with hardly any text at all.</p>
</div><div class="navfooter">Home</div></body></html>
"""


def read(tmp_path: Path, source: str, name: str = "page.html") -> Document:
    """Return the Document of a page with this source."""
    path = tmp_path / name
    path.write_text(source)
    return load(path)


def test_manual_page_reads_like_the_printed_one(tmp_path: Path) -> None:
    """Paragraphs, tables, code, terms and lists each have their shape; navigation is gone."""
    assert read(tmp_path, MANUAL).text == (
        "8.1. Numeric Types\n\n"
        "Numbers come in several sizes; 10^3 is a thousand.\n\n"
        "Note\nMind the range.\n\n"
        "Integers\n\n"
        "Name | Size\nsmallint | 2 bytes\nabs ( x ) — Absolute value — abs(-1) → 1 | 4 bytes\n\n"
        "SELECT 1\n  FROM t;\n\n"
        "FULL\nEverything.\n\nSlowly.\n\n"
        "FAST\nLittle.\n\n"
        "- one\n- two\n  3. deep\n\n"
        "The last words of the chapter are here, and they say a little more than was said before, "
        "so that a table of contents can be left out without leaving the page with hardly any text "
        "at all."
    )


def test_title_and_headings(tmp_path: Path) -> None:
    """The title is the page's, headings are exact, and a box's heading opens no section."""
    document = read(tmp_path, MANUAL)

    assert document.title == "8.1. Numeric Types"
    assert [
        (h.level, h.title, document.text[h.start :].startswith(h.title)) for h in document.headings
    ] == [
        (2, "8.1. Numeric Types", True),
        (3, "Integers", True),
    ]
    assert [document.text[s.start : s.end].split("\n")[0] for s in document.solid] == [
        "Name | Size",
        "SELECT 1",
    ]


@pytest.mark.parametrize(
    "opening",
    ["<main>", "<article>", "<div role='main'>"],
)
def test_main_part_goes_before_the_body(opening: str, tmp_path: Path) -> None:
    """Where the page marks its content, nothing else is read."""
    closing = "</" + opening[1:].split()[0].rstrip(">") + ">"
    page = f"<body><div>Menu</div>{opening}<h1>News</h1><p>It works.</p>{closing}<div>Ads</div>"

    assert read(tmp_path, page).text == "News\n\nIt works."


def test_page_around_the_text_is_left_out(tmp_path: Path) -> None:
    """Without a marked main part, header, footer, navigation, asides and forms go."""
    page = (
        "<header>Site</header><nav>Menu</nav><p>The text.</p><aside>Ads</aside>"
        "<form>Search <button>Go</button></form><footer>Imprint</footer>"
    )

    assert read(tmp_path, page).text == "The text."


def test_form_that_holds_the_whole_page_stays(tmp_path: Path) -> None:
    """Some servers wrap every page in one form; its text is not lost."""
    assert read(tmp_path, "<body><form><p>All the words of this page.</p></form>").text == (
        "All the words of this page."
    )


def test_table_that_arranges_the_page_is_read_as_text(tmp_path: Path) -> None:
    """Cells with paragraphs of prose are paragraphs, not columns."""
    prose = "A long sentence about nothing in particular that goes on. " * 15
    page = f"<table><tr><td><p>{prose}</p><p>Second.</p></td><td><p>Third.</p></td></tr></table>"

    document = read(tmp_path, page)

    assert document.text == f"{prose.strip()}\n\nSecond.\n\nThird."
    assert document.solid == ()


def test_declared_encoding_is_used(tmp_path: Path) -> None:
    """A Latin-2 page that says so is read as such."""
    path = tmp_path / "cz.html"
    path.write_bytes('<meta charset="iso-8859-2"><p>Příliš žluťoučký</p>'.encode("iso-8859-2"))

    assert load(path).text == "Příliš žluťoučký"


def test_deeply_nested_elements_keep_their_text(tmp_path: Path) -> None:
    """Two thousand elements inside one another lose structure but no words."""
    assert read(tmp_path, "<div>" * 2_000 + "the core" + "</div>" * 2_000).text == "the core"


def test_page_without_text_is_refused(tmp_path: Path) -> None:
    """A page of scripts alone is empty."""
    with pytest.raises(DocumentError, match=r"^empty$"):
        read(tmp_path, "<html><body><script>start()</script></body></html>")
