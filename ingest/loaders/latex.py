"""LaTeX: the words of a source file, without its commands.

Nothing is compiled and no other file is read: macros give their arguments, formulas and code stay
as they are written, and tables become rows.
"""

import re
from pathlib import Path

from ingest.loaders.builder import DocumentBuilder
from ingest.loaders.decoding import read_text
from ingest.loaders.latex_inline import brace_end, plain
from ingest.types import Document

_COMMENT = re.compile(
    r"(?P<code>\\begin\{(?P<name>[Vv]erbatim\*?|lstlisting|minted|alltt)\}(?s:.{0,100000}?)"
    r"\\end\{(?P=name)\})"
    r"|^[ \t]*%[^\n]*\n|(?<!\\)(?P<breaks>(?:\\\\)*)%[^\n]*",
    re.M,
)
_BODY = re.compile(r"\\begin\s*\{document\}(?P<body>.*?)(?:\\end\s*\{document\}|\Z)", re.S)
_LEVELS = {
    name: level
    for level, names in enumerate(
        ("part", "chapter", "section", "subsection", "subsubsection", "paragraph"), 1
    )
    for name in names.split()
}
_CODE = frozenset("verbatim verbatim* Verbatim lstlisting minted alltt".split())
_MATH = frozenset(
    f"{name}{star}"
    for name in "equation align gather multline eqnarray displaymath flalign".split()
    for star in ("", "*")
)
_TABLES = frozenset("tabular tabular* tabularx longtable tabulary".split())
_LISTS = frozenset({"itemize", "enumerate", "description"})
_SILENT = frozenset({"comment", "tikzpicture", "filecontents"})
_STATEMENTS = frozenset(
    "theorem lemma corollary proposition definition example remark proof abstract".split()
)
_TOKEN = re.compile(
    r"\\begin\s*\{(?P<begin>[A-Za-z]+\*?)\}"
    r"|\\end\s*\{(?P<end>[A-Za-z]+\*?)\}"
    rf"|\\(?P<heading>{'|'.join(_LEVELS)})\*?\s*(?:\[[^\[\]]{{0,500}}\]\s*)?(?=\{{)"
    r"|\\(?P<item>item)\b\s*(?:\[(?P<term>[^\[\]]{0,500})\])?"
    r"|\\(?P<caption>caption)\*?\s*(?:\[[^\[\]]{0,500}\]\s*)?(?=\{)"
    r"|\\(?P<outside>input|include)\s*\{[^{}]{0,500}\}"
    r"|\\(?P<picture>includegraphics)\*?\s*(?:\[[^\[\]]{0,500}\])?\s*\{[^{}]{0,500}\}"
    r"|(?P<display>\\\[|\$\$)"
    r"|(?P<blank>\n[ \t]*\n\s*)"
)
_OPTION = re.compile(r"\s*\[[^\[\]\n]{0,500}\]")
_ARGUMENTS = re.compile(r"(?:\s*\[[^\[\]\n]{0,500}\]|\{[^{}\n]{0,100}\})*")
_COLUMNS = re.compile(
    r"(?:\s*\[[^\[\]]{0,100}\]|\s*\{(?:[^{}]|\{(?:[^{}]|\{[^{}]{0,100}\}){0,100}\}){0,300}\}){0,3}"
)
_ROW_END = re.compile(r"\\\\(?:\[[^\[\]]{0,20}\])?|\\tabularnewline\b")
_RULE = re.compile(
    r"\\(?:hline|(?:top|mid|bottom)rule|end(?:first|last)?(?:head|foot))\b"
    r"|\\c(?:line|midrule)(?:\([^()]{0,20}\))?\{[^{}]{0,20}\}"
)
_SPANNED = re.compile(r"\\multi(?:column|row)\s*\{[^{}]{0,20}\}\s*\{[^{}]{0,50}\}")
_CELL_END = re.compile(r"(?<!\\)&")
_LABEL = re.compile(r"\\(?:label\s*\{[^{}]{0,200}\}|nonumber\b)")


def load(path: Path) -> Document:
    """Read a LaTeX file; its title is the one it gives itself, else its first heading."""
    source, notes = read_text(path)
    source = _COMMENT.sub(lambda m: m["code"] or m["breaks"] or "", source)
    body = _BODY.search(source)
    reader = _Reader(DocumentBuilder())
    title = _argument(source, "title")
    if title and body:
        reader.builder.heading(1, title)
        reader.builder.paragraph(_argument(source, "author"))
    reader.read(body["body"] if body else source)
    headings = reader.builder.headings
    named = title or (headings[0].title if headings else "")
    return reader.builder.build(named, (*notes, *reader.notes))


def _argument(source: str, name: str) -> str:
    """Return the argument of the first command of a name, as plain text."""
    match = re.search(rf"\\{name}\s*(?:\[[^\[\]]{{0,200}}\])?\s*\{{", source)
    return plain(source[match.end() : brace_end(source, match.end() - 1)]) if match else ""


class _Reader:
    """Writes environments and paragraphs into a DocumentBuilder."""

    def __init__(self, builder: DocumentBuilder) -> None:
        self.builder = builder
        self._inline: list[str] = []
        self._lists: list[int | None] = []
        self._outside = 0
        self._pictures = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """What lies outside of the file, or is no text."""
        notes = []
        if self._outside:
            notes.append(f"included files that were not read: {self._outside}")
        if self._pictures:
            notes.append(f"pictures without text: {self._pictures}")
        return tuple(notes)

    def read(self, text: str) -> None:
        """Write the body of a file."""
        place = 0
        while (match := _TOKEN.search(text, place)) and not self.builder.full:
            self._inline.append(text[place : match.start()])
            place = self._token(text, match)
        self._inline.append(text[place:])
        self._flush()
        while self._lists:
            self._close_list()

    def _token(self, text: str, match: re.Match[str]) -> int:
        """Write what a command begins or ends; return where the text goes on."""
        self._outside += bool(match["outside"])
        self._pictures += bool(match["picture"])
        if match["outside"] or match["picture"]:
            return match.end()
        self._flush()
        if match["begin"]:
            return self._begin(match["begin"], text, match.end())
        if match["heading"] or match["caption"]:
            end = brace_end(text, match.end())
            words = plain(text[match.end() + 1 : end])
            if match["caption"]:
                self.builder.paragraph(words)
            else:
                self.builder.heading(_LEVELS[match["heading"]], words)
            return end + 1
        if match["display"]:
            return self._formula(text, match.end(), "$$" if match["display"] == "$$" else r"\]")
        if match["item"]:
            self._item(plain(match["term"] or ""))
        elif match["end"] in _LISTS and self._lists:
            self._close_list()
        return match.end()

    def _begin(self, name: str, text: str, start: int) -> int:
        """Write an environment that is no running text, or open a list."""
        if name in _CODE or name in _TABLES or name in _SILENT:
            closing = f"\\end{{{name}}}"
            end = text.find(closing, start)
            content = text[start : end if end >= 0 else len(text)]
            if name in _CODE:
                self.builder.solid(content[_arguments_end(content) :].strip("\n"))
            elif name in _TABLES:
                self._table(content)
            return end + len(closing) if end >= 0 else len(text)
        if name in _MATH:
            return self._formula(text, start, f"\\end{{{name}}}")
        if name in _LISTS:
            self.builder.open_list()
            self._lists.append(0 if name == "enumerate" else None)
        option = _OPTION.match(text, start)
        if name in _STATEMENTS:
            named = f" ({plain(option[0].strip()[1:-1])})" if option else ""
            self._inline.append(f"{name.capitalize()}{named}. ")
        return option.end() if option else start

    def _formula(self, text: str, start: int, closing: str) -> int:
        """Write a formula as it stands."""
        end = text.find(closing, start)
        content = _LABEL.sub("", text[start : end if end >= 0 else len(text)])
        self.builder.solid("\n".join(line.strip() for line in content.strip().split("\n")))
        return end + len(closing) if end >= 0 else len(text)

    def _table(self, content: str) -> None:
        columns = _COLUMNS.match(content)
        content = _RULE.sub(" ", content[columns.end() if columns else 0 :])
        rows = []
        for row in _ROW_END.split(content):
            cells = [plain(_SPANNED.sub("", cell)) for cell in _CELL_END.split(row)]
            if any(cells):
                rows.append(" | ".join(cells))
        self.builder.solid("\n".join(rows))

    def _item(self, term: str) -> None:
        marker = "- "
        if self._lists and self._lists[-1] is not None:
            self._lists[-1] += 1
            marker = f"{self._lists[-1]}. "
        self.builder.open_item(f"{marker}{term}: " if term else marker)

    def _close_list(self) -> None:
        self._lists.pop()
        self.builder.close_list()

    def _flush(self) -> None:
        self.builder.paragraph(plain("".join(self._inline)))
        self._inline.clear()


def _arguments_end(content: str) -> int:
    """Return where the arguments end that stand on the first line of a code environment."""
    match = _ARGUMENTS.match(content)
    return match.end() if match else 0
