"""What paragraph styles are called in word processors, in the languages that translate them."""

import re

_HEADING = re.compile(
    r"(?:heading|überschrift|berschrift|titre|título|titulo|titolo|encabezado|kop|rubrik"
    r"|overskrift|otsikko|nagłówek|nadpis|заголовок|cím|címsor|titlu|başlık|επικεφαλίδα|naslov"
    r"|antraštė|virsraksts|pealkiri|fyrirsögn|标题|標題|見出し|제목|tiêu đề) ?([1-9])",
    re.I,
)
_TITLE = re.compile(r"title|titel|titre|título|titolo|название|标题|標題|表題|제목", re.I)
_CONTENTS = re.compile(r"(?:toc|contents|inhaltsverzeichnis) ?\d|table of figures", re.I)
_CODE = re.compile(r"(?:source ?)?code(?: block)?|(?:html )?preformatted(?: text)?|listing", re.I)


def named_level(name: str) -> int | None:
    """Return the level, from 1, of the headings that a style is named for."""
    named = _HEADING.fullmatch(name.strip())
    if named:
        return int(named[1])
    return 1 if names_title(name) else None


def names_title(name: str) -> bool:
    """Tell whether a style is named for the document's title."""
    return _TITLE.fullmatch(name.strip()) is not None


def names_contents(name: str) -> bool:
    """Tell whether a style is named for the lines of a table of contents."""
    return _CONTENTS.fullmatch(name.strip()) is not None


def names_code(name: str) -> bool:
    """Tell whether a style is named for lines of code."""
    return _CODE.fullmatch(name.strip()) is not None
