"""The commands inside a paragraph of LaTeX, taken away."""

import re
import unicodedata

_ACCENTS = {
    "'": "\u0301",
    "`": "\u0300",
    "^": "\u0302",
    '"': "\u0308",
    "~": "\u0303",
    "=": "\u0304",
    ".": "\u0307",
    "u": "\u0306",
    "v": "\u030c",
    "H": "\u030b",
    "c": "\u0327",
    "r": "\u030a",
    "k": "\u0328",
    "d": "\u0323",
}
_LETTERS = {
    "ss": "ß",
    "o": "ø",
    "O": "Ø",
    "ae": "æ",
    "AE": "Æ",
    "oe": "œ",
    "OE": "Œ",
    "aa": "å",
    "AA": "Å",
    "l": "ł",
    "L": "Ł",
    "i": "ı",
    "ldots": "…",
    "dots": "…",
    "S": "§",
    "euro": "€",
    "textdegree": "°",
    "LaTeX": "LaTeX",
    "TeX": "TeX",
    "textbackslash": "\\",
}
_MARKS = re.compile(
    r"(?P<formula>\$[^$]+\$|\\\([^$]{0,2000}?\\\))"
    r"|\\(?:label|vspace|hspace|index|bibliographystyle|bibliography|pagestyle|thispagestyle|"
    r"usepackage|documentclass|setlength|setcounter|color|hypersetup|input|include)\*?\s*"
    r"(?:\[[^\[\]]{0,300}\])?(?P<silent>\{[^{}]{0,500}\})(?:\{[^{}]{0,300}\})?"
    r"|\\href\s*(?P<address>\{[^{}]{0,500}\})"
    r"|\\[Cc]ite[a-z]{0,10}\*?\s*(?:\[[^\[\]]{0,200}\]){0,2}\{(?P<cited>[^{}]{0,500})\}"
    r"|\\(?:eq|page|c|C|auto|name)?ref\*?\s*\{(?P<place>[^{}]{0,200})\}"
    r"|\\(?P<accent>['`^\"~=.]|[uvHcrkd](?=[\s{]))\s*\{?(?:(?P<letter>[A-Za-z])|\\(?P<dotless>[ij])\s?)\}?"
    r"|\\(?P<special>ss|AE|ae|OE|oe|AA|aa|[oOlLi])(?![A-Za-z])(?:\{\}|\s)?"
    r"|\\(?P<break>\\)\*?(?:\[[^\[\]]{0,20}\])?"
    r"|\\(?P<sign>[%&_#${}])"
    r"|\\(?P<blank>[ ,;:!~\n]|q?quad\b)"
    r"|\\(?P<nothing>[-/])"
    r"|\\(?P<name>[A-Za-z@]+)\*?(?:\[[^\[\]]{0,300}\])?(?P<braced>\s*\{)?"
    r"|(?P<dash>---?)|(?P<quote>``|'')|(?P<tie>~)|(?P<brace>[{}])"
)
_FOOTNOTE = re.compile(r"\\(?:footnote|thanks)\s*(?:\[\d{0,4}\])?\s*(?=\{)")


def plain(text: str) -> str:
    """Return the words of running text; formulas stay, footnotes stand in brackets."""
    return " ".join(_MARKS.sub(_shown, _with_footnotes(text)).split())


def brace_end(text: str, start: int) -> int:
    """Return where the brace at ``start`` is closed; the end of the text if nowhere."""
    depth = 0
    for match in re.compile(r"\\.|[{}]", re.S).finditer(text, start):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth == 0:
            return match.start()
    return len(text)


def _with_footnotes(text: str) -> str:
    """Return text with its footnotes in round brackets."""
    parts = []
    place = 0
    for match in _FOOTNOTE.finditer(text):
        if match.start() >= place:
            end = brace_end(text, match.end())
            parts += [text[place : match.start()], " (", text[match.end() + 1 : end], ")"]
            place = end + 1
    return "".join([*parts, text[place:]])


def _shown(match: re.Match[str]) -> str:
    """Return what a mark or a command shows."""
    if match["accent"]:
        return unicodedata.normalize(
            "NFC", (match["letter"] or match["dotless"]) + _ACCENTS[match["accent"]]
        )
    if match["special"]:
        return _LETTERS[match["special"]]
    if match["name"]:
        return _LETTERS.get(match["name"]) or ("" if match["braced"] else " ")
    if match["cited"]:
        return f"[{match['cited']}]"
    if match["dash"]:
        return "—" if match["dash"] == "---" else "–"
    if match["quote"]:
        return "“" if match["quote"] == "``" else "”"
    if match["break"] or match["blank"] or match["tie"]:
        return " "
    return match["formula"] or match["place"] or match["sign"] or ""
