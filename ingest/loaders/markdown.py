"""Markdown: CommonMark with tables, read as the text a person sees."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.loaders.builder import DocumentBuilder
from ingest.loaders.decoding import read_text
from ingest.loaders.html import write_fragment
from ingest.types import Document

if TYPE_CHECKING:
    from markdown_it.token import Token

_MAX_NESTING = 60  # the parser drops what lies deeper
_FRONT_MATTER = re.compile(
    r"\A---[ \t]*\n(?P<fields>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S | re.M
)
_TITLE = re.compile(r"^title:[ \t]*(?P<title>.+?)[ \t]*$", re.M)


def load(path: Path) -> Document:
    """Read a Markdown file; the title is that of the front matter, else the first heading."""
    text, notes = read_text(path)
    matter = _FRONT_MATTER.match(text)
    if matter:
        text = text[matter.end() :]
    builder = DocumentBuilder()
    if not write_markdown(text, builder):
        notes += ("nested too deeply for Markdown: read as plain text",)
        return Document(title="", text=text, notes=notes)
    title = _front_title(matter["fields"] if matter else "")
    return builder.build(title or (builder.headings[0].title if builder.headings else ""), notes)


def write_markdown(source: str, builder: DocumentBuilder) -> bool:
    """Write Markdown; False, and nothing written, where it is nested too deeply to be read."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING})
    tokens = parser.enable(["table", "strikethrough"]).parse(source)
    if any(token.level >= _MAX_NESTING - 2 for token in tokens):
        return False
    _Writer(builder).write(tokens)
    return True


def _front_title(fields: str) -> str:
    """Return the title that front matter names, without its quotation marks."""
    match = _TITLE.search(fields)
    return match["title"].strip("\"'") if match else ""


class _Writer:
    """Writes block tokens into a DocumentBuilder."""

    def __init__(self, builder: DocumentBuilder) -> None:
        self.builder = builder
        self._heading = 0
        self._rows: list[list[str]] | None = None

    def write(self, tokens: Sequence["Token"]) -> None:
        """Write the block tokens of a whole file."""
        for token in tokens:
            handle = getattr(self, f"_{token.type}", None)
            if handle is not None:
                handle(token)

    def _heading_open(self, token: "Token") -> None:
        self._heading = int(token.tag[1])

    def _heading_close(self, token: "Token") -> None:
        self._heading = 0

    def _inline(self, token: "Token") -> None:
        text = _plain(token.children or ())
        if self._heading:
            self.builder.heading(self._heading, " ".join(text.split()))
        elif self._rows is not None:
            self._rows[-1].append(" ".join(text.split()))
        else:
            self.builder.paragraph(text)

    def _bullet_list_open(self, token: "Token") -> None:
        self.builder.open_list()

    _ordered_list_open = _bullet_list_open

    def _bullet_list_close(self, token: "Token") -> None:
        self.builder.close_list()

    _ordered_list_close = _bullet_list_close

    def _list_item_open(self, token: "Token") -> None:
        self.builder.open_item(f"{token.info}{token.markup} " if token.info else "- ")

    def _fence(self, token: "Token") -> None:
        self.builder.solid(token.content.rstrip("\n"))

    _code_block = _fence

    def _html_block(self, token: "Token") -> None:
        write_fragment(token.content, self.builder)

    def _table_open(self, token: "Token") -> None:
        self._rows = []

    def _tr_open(self, token: "Token") -> None:
        if self._rows is not None:
            self._rows.append([])

    def _table_close(self, token: "Token") -> None:
        rows = self._rows or []
        self._rows = None
        self.builder.solid("\n".join(" | ".join(cells) for cells in rows))


def _plain(tokens: Sequence["Token"]) -> str:
    """Return the words of inline tokens without their marks."""
    return "".join(map(_plain_token, tokens)).strip()


def _plain_token(token: "Token") -> str:
    """Return the words of one inline token: links and images give their text."""
    if token.type == "softbreak":
        return " "
    if token.type == "hardbreak" or token.content.lower().startswith("<br"):
        return "\n"
    if token.type == "image":
        return _plain(token.children or ())
    return "" if token.type == "html_inline" else token.content
