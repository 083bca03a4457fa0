"""reStructuredText: the text that a reader of the finished page sees.

A light reader of its own, line by line: it follows no reference out of the file, runs nothing, and
keeps the content of directives that it does not know, as the many dialects need.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from ingest.loaders.builder import DocumentBuilder
from ingest.loaders.decoding import read_text
from ingest.loaders.restructured_directives import Directive, parsed_directive
from ingest.loaders.restructured_inline import plain
from ingest.loaders.restructured_tables import (
    GRID_RULE,
    SIMPLE_RULE,
    csv_rows,
    grid_end,
    grid_rows,
    list_rows,
    simple_end,
    simple_rows,
)
from ingest.types import Document

_MAX_DEPTH = 60
_RULE = re.compile(r"([!-/:-@\[-`{-~])\1+$")
_EXPLICIT = re.compile(r"\.\.(?: +(?P<rest>.*))?$")
_NOTE = re.compile(r"\[(?P<label>[^\]]{1,60})\] ?(?P<text>.*)")
_BULLET = re.compile(r"(?P<marker>[-*+•‣⁃])(?: +(?P<text>.*))?$")
_NUMBERED = re.compile(
    r"(?P<marker>(?:\d{1,4}|#|[A-Za-z]|[ivxlc]{2,6})[.)]|\(\w{1,4}\)) +(?P<text>.*)"
)
_FIELD = re.compile(r":(?![: ])(?P<name>[^:`\n]{1,80}):(?: +(?P<text>.*))?$")
_OPTION = re.compile(r"(?P<name>-{1,2}[\w?][^\s].*?|-\w)(?: {2,}(?P<text>.*))?$")
_SETTINGS = frozenset({"orphan", "tocdepth", "nosearch", "nocomments"})
_SUBSTITUTION = re.compile(r"^\.\. \|([^|\n]+)\| replace:: *(.*)$", re.M)
_BREAKS = re.compile(r"[\v\f]")


def load(path: Path) -> Document:
    """Read a reStructuredText file; its title is the first heading."""
    source, notes = read_text(path)
    lines = [line.rstrip() for line in _BREAKS.sub(" ", source).expandtabs(8).split("\n")]
    reader = _Reader(DocumentBuilder(), dict(_SUBSTITUTION.findall(source)))
    reader.read(lines)
    headings = reader.builder.headings
    title = headings[0].title if headings else ""
    return reader.builder.build(title, (*notes, *reader.notes))


class _Reader:
    """Writes blocks of lines into a DocumentBuilder. A handler returns the index below its block.

    A handler returns its own index for lines that are not its.
    """

    def __init__(self, builder: DocumentBuilder, substitutions: dict[str, str]) -> None:
        self.builder = builder
        self._substitutions = substitutions
        self._styles: list[tuple[str, bool]] = []
        self._depth = 0
        self._outside = 0
        self._handlers: tuple[Callable[[Sequence[str], int], int], ...] = (
            self._quote,
            self._explicit,
            self._title,
            self._table,
            self._code,
            self._line_block,
            self._bullets,
            self._field,
            self._definition,
            self._paragraph,
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What lies outside of the file."""
        return (f"included files that were not read: {self._outside}",) if self._outside else ()

    def read(self, lines: Sequence[str]) -> None:
        """Write the blocks of some lines, which have lost their common indentation."""
        if self._depth > _MAX_DEPTH:
            self.builder.solid("\n".join(lines))
            return
        self._depth += 1
        index = 0
        while index < len(lines) and not self.builder.full:
            if not lines[index]:
                index += 1
                continue
            ends = (handle(lines, index) for handle in self._handlers)
            index = next((end for end in ends if end > index), index + 1)
        self._depth -= 1

    def _plain(self, text: str) -> str:
        return plain(text, self._substitutions)

    def _quote(self, lines: Sequence[str], index: int) -> int:
        if lines[index][0] != " ":
            return index
        block, end = _indented(lines, index)
        self.read(block)
        return end

    def _explicit(self, lines: Sequence[str], index: int) -> int:
        match = _EXPLICIT.match(lines[index])
        if match is None:
            return index + 1 if lines[index].startswith("__ ") else index
        rest = match["rest"] or ""
        if not rest and not "".join(lines[index + 1 : index + 2]):
            return index + 1
        block, end = _indented(lines, index + 1)
        directive = parsed_directive(rest, block)
        note = _NOTE.match(rest)
        if directive is not None:
            self._directive(directive)
        elif note:
            self.read([f"[{note['label']}] {note['text']}", *block])
        return end

    def _directive(self, directive: Directive) -> None:
        """Write a directive by its kind."""
        if directive.kind == "outside":
            self._outside += 1
        elif directive.kind == "code":
            self.builder.solid("\n".join(directive.body).strip("\n"))
        elif directive.kind == "csv":
            self._rows(csv_rows(directive.body, directive.header), directive.title)
        elif directive.kind == "list":
            self._rows(list_rows(directive.body), directive.title)
        elif directive.kind == "text":
            self.builder.part()
            for line in directive.title.split("\n"):
                self.builder.paragraph(self._plain(line))
                self.builder.tie()
            if not any(directive.body):
                self.builder.part()
            self.read(directive.body)

    def _title(self, lines: Sequence[str], index: int) -> int:
        above, title, below = (*lines[index : index + 3], "", "", "")[:3]
        over = _RULE.match(above)
        if over and title and below == above:
            self._heading(title.strip(), (above[0], True))
            return index + 3
        if over and len(above) > 3 and not title:
            return index + 1
        under = _RULE.match(title)
        if under and not over and len(title) >= min(4, len(above)):
            self._heading(above, (title[0], False))
            return index + 2
        return index

    def _heading(self, title: str, style: tuple[str, bool]) -> None:
        """Write a heading; styles are ranked in the order in which they come."""
        if style not in self._styles:
            self._styles.append(style)
        self.builder.heading(min(self._styles.index(style) + 1, 6), self._plain(title))

    def _table(self, lines: Sequence[str], index: int) -> int:
        if GRID_RULE.match(lines[index]):
            end = grid_end(lines, index)
            self._rows(list(grid_rows(lines[index:end])))
        elif SIMPLE_RULE.match(lines[index]):
            end = simple_end(lines, index)
            self._rows(simple_rows(lines[index:end]))
        else:
            return index
        return end

    def _rows(self, rows: Sequence[Sequence[str]], title: str = "") -> None:
        """Write the rows of a table below its title."""
        self.builder.paragraph(self._plain(title))
        texts = ([self._plain(cell) for cell in row] for row in rows)
        self.builder.solid("\n".join(" | ".join(cells) for cells in texts if any(cells)))

    def _code(self, lines: Sequence[str], index: int) -> int:
        if not lines[index].startswith(">>> "):
            return index
        end = _blank(lines, index)
        self.builder.solid("\n".join(lines[index:end]))
        return end

    def _line_block(self, lines: Sequence[str], index: int) -> int:
        end = index
        while end < len(lines) and (lines[end] == "|" or lines[end].startswith("| ")):
            end += 1
        self.builder.paragraph(
            "\n".join(self._plain(line[1:]) for line in lines[index:end]).strip()
        )
        return end

    def _bullets(self, lines: Sequence[str], index: int) -> int:
        first = _item(lines, index)
        if first is None:
            return index
        self.builder.open_list()
        number = 0
        while (match := _item(lines, index)) and match.re is first.re:
            number += 1
            marker = match["marker"].replace("#", str(number))
            self.builder.open_item(f"{marker} " if match.re is _NUMBERED else "- ")
            block, index = _indented(lines, index + 1)
            self.read([match["text"] or "", *block])
        self.builder.close_list()
        return index

    def _field(self, lines: Sequence[str], index: int) -> int:
        field, option = _FIELD.match(lines[index]), _OPTION.match(lines[index])
        match = field or option
        if match is None:
            return index
        block, end = _indented(lines, index + 1)
        body = [match["text"] or "", *block]
        if field and field["name"] not in _SETTINGS:
            self.read([f"{field['name']}: {body[0]}".strip(), "", *block])
        elif option:
            self.builder.paragraph(option["name"])
            self.builder.tie()
            self.read(body)
        return end

    def _definition(self, lines: Sequence[str], index: int) -> int:
        below = "".join(lines[index + 1 : index + 2])
        if not below.startswith(" ") or lines[index].endswith("::"):
            return index
        self.builder.paragraph(self._plain(lines[index]))
        self.builder.tie()
        block, end = _indented(lines, index + 1)
        self.read(block)
        return end

    def _paragraph(self, lines: Sequence[str], index: int) -> int:
        end = _blank(lines, index)
        literal = next((i for i in range(index, end) if lines[i].endswith("::")), None)
        if literal is not None and (literal + 1 == end or lines[literal + 1][:1] == " "):
            end = literal + 1
        text = " ".join(lines[index:end])
        if text.endswith("::"):
            text = text[:-1] if text[-3:-2].strip() else text[:-2]
            self.builder.paragraph(self._plain(text if text != ":" else ""))
            return self._literal(lines, end)
        self.builder.paragraph(self._plain(text))
        return end

    def _literal(self, lines: Sequence[str], index: int) -> int:
        """Write the literal block that two colons announce: indented, or quoted by a sign."""
        while index < len(lines) and not lines[index]:
            index += 1
        if index == len(lines):
            return index
        if lines[index][0] == " ":
            block, end = _indented(lines, index)
        else:
            sign = lines[index][0]
            end = index
            while not sign.isalnum() and end < len(lines) and lines[end].startswith(sign):
                end += 1
            block = list(lines[index:end])
        self.builder.solid("\n".join(block))
        return end


def _item(lines: Sequence[str], index: int) -> re.Match[str] | None:
    """Return the item of a list that starts at ``index``, or just below it, if any."""
    if index >= len(lines):
        return None
    bullet = _BULLET.match(lines[index])
    if bullet:
        return bullet
    numbered = _NUMBERED.match(lines[index])
    below = "".join(lines[index + 1 : index + 2])
    goes_on = not below or below[0] == " " or _NUMBERED.match(below)
    return numbered if numbered and goes_on else None


def _blank(lines: Sequence[str], index: int) -> int:
    """Return the index of the next blank line."""
    return next((i for i in range(index, len(lines)) if not lines[i]), len(lines))


def _indented(lines: Sequence[str], index: int) -> tuple[list[str], int]:
    """Return the lines that are indented or blank, without their common indentation.

    The index is that of the first line below them.
    """
    end = index
    while end < len(lines) and (not lines[end] or lines[end][0] == " "):
        end += 1
    block = list(lines[index:end])
    while block and not block[-1]:
        block.pop()
    margin = min((len(line) - len(line.lstrip()) for line in block if line), default=0)
    return [line[margin:] for line in block], end
