"""The tables at the head of an RTF file: the encodings of its fonts, and its paragraph styles."""

import codecs
import re
from dataclasses import dataclass

from ingest.loaders.office_style import named_level, names_contents, names_title
from ingest.loaders.office_xml import given_title

_CHARSETS = {
    77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "cp950",
    161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257",
    204: "cp1251", 222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
_FONT = re.compile(r"\\f(\d{1,6})(?!\d)((?:[^\\{};]|\\[a-z]++-?+\d*+|\\[^a-z])*+)")
_CHARSET = re.compile(r"\\fcharset(\d{1,3})")
_CODE_PAGE = re.compile(r"\\cpg(\d{1,5})")
_STYLE = re.compile(r"\{((?:[^{}\\]|\\[^a-z]|\\[a-z]++-?+\d*+|\{[^{}]*+\})*+)\}")
_NUMBER = re.compile(r"\\s(\d{1,6})(?!\d)")
_OUTLINE = re.compile(r"\\outlinelevel(\d)")
_CONTROL = re.compile(r"\{[^{}]*\}|\\[a-z]+-?\d* ?|\\'[0-9a-f]{2}|\\.|;")
_UNICODE = re.compile(r"\\u(-?\d{1,6}) ?(?:\?|\\'[0-9a-fA-F]{2})?")
_BYTES = re.compile(r"(?:\\'[0-9a-fA-F]{2})+")
_TITLE = re.compile(r"\{\\title ((?:[^{}\\]|\\[^a-z]|\\[a-z]++-?+\d*+ ?)*+)\}")
_BODY = 9


@dataclass(frozen=True, slots=True)
class RtfStyle:
    """A paragraph style: the level of its headings, and whether it sets titles or contents."""

    level: int | None
    is_title: bool
    is_contents: bool


def font_encodings(table: str) -> dict[int, str]:
    """Return the encodings of fonts that have one of their own."""
    found = {}
    for number, description in _FONT.findall(table):
        page, charset = _CODE_PAGE.search(description), _CHARSET.search(description)
        name = f"cp{page[1]}" if page else _CHARSETS.get(int(charset[1]) if charset else 0, "")
        if known_encoding(name):
            found[int(number)] = name
    return found


def known_encoding(name: str) -> bool:
    """Tell whether there is such an encoding of text."""
    try:
        codecs.lookup(name)
    except (LookupError, ValueError):
        return False
    return True


def paragraph_styles(table: str, encoding: str) -> dict[int, RtfStyle]:
    """Return the paragraph styles of a style sheet by their numbers; the first has number 0."""
    found = {}
    for group in _STYLE.findall(table):
        if group.lstrip().startswith("\\*"):
            continue
        number, outline = _NUMBER.search(group), _OUTLINE.search(group)
        name = _plain(group, encoding).strip()
        level = named_level(name)
        if outline:
            level = int(outline[1]) + 1 if int(outline[1]) < _BODY else None
        found[int(number[1]) if number else 0] = RtfStyle(
            level, names_title(name), names_contents(name)
        )
    return found


def title_in(information: str, encoding: str) -> str:
    """Return the title that the group of a file's properties holds."""
    found = _TITLE.search(information)
    return given_title(_plain(found[1], encoding)) if found else ""


def _plain(text: str, encoding: str) -> str:
    """Return text with its characters decoded, all other control words left out."""
    text = _UNICODE.sub(lambda match: chr(int(match[1]) & 0xFFFF), text)
    text = _BYTES.sub(lambda match: _decoded(match[0], encoding), text)
    return _CONTROL.sub("", text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _decoded(escapes: str, encoding: str) -> str:
    return bytes.fromhex(escapes.replace("\\'", "")).decode(encoding, "replace")
