"""Reading the groups and control words of RTF, after version 1.9.1 of its specification."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ingest.loaders.rtf_header import font_encodings, known_encoding, paragraph_styles, title_in
from ingest.loaders.rtf_writer import ParagraphFormat, RtfWriter

_TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<value>-?\d{1,10})? ?|\\'(?P<hex>[0-9a-fA-F]{2})"
    r"|\\(?P<symbol>[^a-zA-Z])|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)|[\r\n]+|\\",
    re.S,
)
_GROUP_EDGE = re.compile(r"\\bin(\d{1,10}) ?|\\[\\{}]|[{}]")
_CHARACTERS = {
    "tab": "\t", "line": "\n", "lbr": "\n", "emdash": "—", "endash": "–", "bullet": "•",
    "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "emspace": " ",
    "enspace": " ", "qmspace": " ", "nestcell": " ", "nestrow": "\n\n",
    "page": "\n", "column": "\n", "softline": "\n",
}  # fmt: skip
_SYMBOLS = {"~": " ", "_": "-", "\n": "\n\n", "\r": "\n\n"}
_CODE_PAGES = {"ansi": "cp1252", "mac": "mac_roman", "pc": "cp437", "pca": "cp850"}
_SKIPPED = frozenset(
    "colortbl filetbl listtable revtbl rsidtbl generator info header headerl headerr headerf "
    "footer footerl footerr footerf ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn pict objdata "
    "objclass shprslt nonshppict sp xe tc tcl rxe bkmkstart bkmkend pnseclvl template private "
    "datafield fldinst atnid atnauthor annotation themedata colorschememapping datastore "
    "latentstyles xmlnstbl listoverridetable mmathPr wgrffmtfilter passwordhash".split()
)
_READ_THOUGH_STARRED = frozenset(("shpinst", "shppict", "shptxt", "pntext", "listtext", "ud"))


@dataclass(frozen=True, slots=True)
class _State:
    """What a group inherits from the one around it and gives back when it ends."""

    stand_ins: int = 1
    font: int | None = None
    hidden: bool = False
    marker: bool = False


class RtfReader:
    """Reads one file from its first brace to its last, and tells a writer what it finds."""

    def __init__(self, source: str, writer: RtfWriter) -> None:
        self._source = source
        self._writer = writer
        self._place = 0
        self._state = _State()
        self._groups: list[tuple[_State, ParagraphFormat]] = []
        self._asides: list[int] = []  # how many groups were open where each began
        self._bytes = bytearray()
        self._to_skip = 0
        self._starred = False
        self._covered = False
        self._code_page = "cp1252"
        self._encodings: dict[int, str] = {}
        self._handlers: dict[str, Callable[[int | None], None]] = {
            "par": lambda value: self._writer.end_paragraph(),
            "sect": lambda value: self._writer.end_paragraph(),
            "cell": lambda value: self._writer.end_cell(),
            "row": lambda value: self._writer.end_row(),
            "trowd": lambda value: self._writer.define_row(),
            "clvmrg": lambda value: setattr(self, "_covered", True),
            "cellx": self._define_cell,
            "pard": lambda value: setattr(self._writer, "format", ParagraphFormat()),
            "s": lambda value: setattr(self._writer.format, "style", value or 0),
            "outlinelevel": lambda value: setattr(self._writer.format, "outline", value),
            "ilvl": lambda value: setattr(self._writer.format, "level", value or 0),
            "intbl": lambda value: setattr(self._writer.format, "in_table", value != 0),
            "plain": lambda value: self._set_state(hidden=False),
            "v": lambda value: self._set_state(hidden=value != 0),
            "deleted": lambda value: self._set_state(hidden=value != 0),
            "f": lambda value: self._set_state(font=value),
            "uc": lambda value: self._set_state(stand_ins=min(max(value or 0, 0), 10)),
            "u": self._unicode,
            "ansicpg": self._set_code_page,
            "bin": self._skip_bytes,
            "upr": self._skip_next_group,
            "listtext": lambda value: self._set_state(marker=True),
            "pntext": lambda value: self._set_state(marker=True),
            "footnote": lambda value: self._open_aside("footnote"),
            "shptxt": lambda value: self._open_aside("box"),
            "fonttbl": self._fonts,
            "stylesheet": self._styles,
        }

    def read(self) -> None:
        """Read the whole file; what follows its last brace is not part of it."""
        while self._place < len(self._source):
            token = _TOKEN.match(self._source, self._place)
            if token is None:
                break
            self._place = token.end()
            if token["brace"]:
                self._flush()
                self._to_skip = 0
                if not self._brace(token["brace"]):
                    break
            elif token["word"]:
                self._flush()
                self._to_skip = 0
                self._word(token["word"], int(token["value"]) if token["value"] else None)
            else:
                self._characters(token)
        self._flush()
        self._writer.end()

    def _brace(self, brace: str) -> bool:
        """Begin or end a group; False where the outermost has ended."""
        self._starred = False
        if brace == "{":
            self._groups.append((self._state, replace(self._writer.format)))
            return True
        if self._groups:
            self._state, self._writer.format = self._groups.pop()
        if self._asides and self._asides[-1] > len(self._groups):
            self._asides.pop()
            self._writer.close_aside()
        return bool(self._groups)

    def _characters(self, token: re.Match[str]) -> None:
        """Read text; characters that stand in for one already read are passed over."""
        if token["text"]:
            self._bytes += token["text"][self._to_skip :].encode("latin-1", "replace")
            self._to_skip = max(0, self._to_skip - len(token["text"]))
        elif (token["hex"] or token["symbol"]) and self._to_skip:
            self._to_skip -= 1
        elif token["hex"]:
            self._bytes.append(int(token["hex"], 16))
        elif token["symbol"] == "*":
            self._starred = True
        elif token["symbol"] in ("{", "}", "\\"):
            self._bytes += token["symbol"].encode("ascii")  # it may be half of a character
        elif token["symbol"]:
            self._flush()
            self._say(_SYMBOLS.get(token["symbol"], ""))

    def _word(self, word: str, value: int | None) -> None:
        """Follow a control word; one that begins a group which is not text skips it."""
        starred, self._starred = self._starred, False
        if word in _SKIPPED or (starred and word not in _READ_THOUGH_STARRED):
            self._skip(word)
        elif word in _CHARACTERS:
            self._say(_CHARACTERS[word])
        elif word in _CODE_PAGES:
            self._code_page = _CODE_PAGES[word]
        elif word in self._handlers:
            self._handlers[word](value)

    def _skip(self, word: str) -> None:
        """Pass over the rest of a group, and note what it was."""
        group = self._rest_of_group()
        if word == "info":
            self._writer.title_given = title_in(group, self._code_page)
        elif word == "pict":
            self._writer.images += 1
        elif word == "annotation":
            self._writer.comments += 1

    def _rest_of_group(self) -> str:
        """Return what is left of the group that is open, and go to the brace that ends it."""
        start, depth = self._place, 1
        place = start
        while edge := _GROUP_EDGE.search(self._source, place):
            place = edge.end() + int(edge[1] or 0)
            depth += {"{": 1, "}": -1}.get(edge[0], 0)
            if depth == 0:
                self._place = edge.start()
                return self._source[start : self._place]
        self._place = len(self._source)
        return self._source[start:]

    def _say(self, text: str) -> None:
        if self._state.marker:
            self._writer.marker(text)
        elif not self._state.hidden:
            self._writer.text(text)

    def _flush(self) -> None:
        """Write the bytes that were gathered, as characters of the font that is set."""
        if self._bytes:
            encoding = self._encodings.get(self._state.font or 0, self._code_page)
            self._say(self._bytes.decode(encoding, "replace"))
            self._bytes.clear()

    def _set_state(self, **changes: Any) -> None:
        self._state = replace(self._state, **changes)

    def _unicode(self, value: int | None) -> None:
        """Read one unit of UTF-16; its stand-ins follow."""
        self._say(chr((value or 0x20) & 0xFFFF))
        self._to_skip = self._state.stand_ins

    def _set_code_page(self, value: int | None) -> None:
        if known_encoding(f"cp{value}"):
            self._code_page = f"cp{value}"

    def _skip_bytes(self, value: int | None) -> None:
        self._place += max(0, value or 0)

    def _skip_next_group(self, value: int | None) -> None:
        """Pass over the first of two forms of the same text."""
        if self._source[self._place : self._place + 1] == "{":
            self._place += 1
            self._rest_of_group()
            self._place += 1

    def _open_aside(self, kind: str) -> None:
        self._asides.append(len(self._groups))
        self._writer.open_aside(kind)
        self._writer.format = ParagraphFormat()

    def _define_cell(self, value: int | None) -> None:
        self._writer.define_cell(self._covered)
        self._covered = False

    def _fonts(self, value: int | None) -> None:
        self._encodings = font_encodings(self._rest_of_group())

    def _styles(self, value: int | None) -> None:
        self._writer.styles = paragraph_styles(self._rest_of_group(), self._code_page)
