"""HTML: the page's own text without its navigation, by selectolax.

The text comes from ``<main>``, ``[role=main]`` or the only ``<article>`` where the page has one,
else from the body without navigation, page header and footer, asides and forms.
"""

import re
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ingest.loaders.builder import DocumentBuilder
from ingest.loaders.decoding import read_text
from ingest.loaders.html_rendering import HtmlRenderer
from ingest.types import Document

_ENOUGH = 200  # characters that make a part worth preferring to the whole
_UNREADABLE = (
    "script, style, noscript, template, svg, math annotation, iframe, object, canvas, audio, video,"
    "button, select, input, textarea, datalist, [hidden], [aria-hidden=true],"
    "[style*='display:none'], [style*='display: none'], a.headerlink"
)
_NAVIGATION = (
    "nav, [role=navigation], [role=search], [role=banner], [role=contentinfo], #banner,"
    ".navheader, .navfooter, .docnav, .breadcrumb, .breadcrumbs, .skip-link"
)
_AROUND = "header, footer, aside"
_CONTENTS = "div.toc, #toc, nav.contents"
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?([\w.:-]{2,40})""", re.I)
_MAX_CLIMB = 200
_WHITESPACE = re.compile(r"\s+")


def load(path: Path) -> Document:
    """Read an HTML page; its title is ``<title>``, else its first heading."""
    with path.open("rb") as file:
        declared = _DECLARED.search(file.read(2048))
    source, notes = read_text(path, declared[1].decode("ascii") if declared else None)
    page = LexborHTMLParser(source)
    named = page.css_first("head > title")
    builder = DocumentBuilder()
    if page.body is not None:
        HtmlRenderer(builder).render(_content(page.body))
    headings = builder.headings
    title = _WHITESPACE.sub(" ", named.text()).strip() if named is not None else ""
    return builder.build(title or (headings[0].title if headings else ""), notes)


def write_fragment(source: str, builder: DocumentBuilder) -> None:
    """Write a piece of HTML that stands inside another format."""
    body = LexborHTMLParser(source).body
    if body is not None:
        _remove(body, _UNREADABLE)
        HtmlRenderer(builder).render(body)


def _content(body: LexborNode) -> LexborNode:
    """Return the element that holds the page's own text, cleared of what surrounds it."""
    _remove(body, _UNREADABLE)
    _remove(body, _NAVIGATION, 1)
    root = _main_part(body)
    if root is body:
        _remove(body, _AROUND, 1)
    _remove(root, "form", _size(root) // 2)
    _remove(root, _CONTENTS, _ENOUGH)
    return root


def _main_part(body: LexborNode) -> LexborNode:
    """Return ``<main>``, ``[role=main]`` or the only ``<article>``, else the body itself."""
    parts = body.css("main, [role=main]") or body.css("article")
    if len(parts) == 1 and _size(parts[0]) >= min(_ENOUGH, _size(body) // 2):
        return parts[0]
    return body


def _remove(root: LexborNode, selector: str, keep: int = 0) -> None:
    """Remove the elements that match, but none that leaves fewer than ``keep`` characters."""
    left = _size(root) if keep else 0
    for node in _outermost(root.css(selector)):
        size = _size(node) if keep else 0
        if left - size >= keep or not keep:
            left -= size
            node.decompose()


def _outermost(nodes: list[LexborNode]) -> list[LexborNode]:
    """Return the elements that lie in no other of the list, which is in document order."""
    taken: set[int] = set()
    outermost = []
    for node in nodes:
        above = node.parent
        for _ in range(_MAX_CLIMB):
            if above is None or above.mem_id in taken:
                break
            above = above.parent
        if above is None or above.mem_id not in taken:
            taken.add(node.mem_id)
            outermost.append(node)
    return outermost


def _size(node: LexborNode) -> int:
    """Return how many characters of text an element holds, blanks left out."""
    return len("".join(node.text(deep=True).split()))
