"""The marks inside a line of reStructuredText, taken away."""

import re
from collections.abc import Mapping

_MARKS = re.compile(
    r"\\(?P<escaped>.|\Z)"
    r"|``(?P<literal>(?:[^`]|`(?!`))+)``"
    r"|:(?P<role>[\w:.+-]{1,60}):`(?P<named>[^`]+)`"
    r"|`(?P<phrase>[^`]+)`(?:__?|:[\w:.+-]{1,60}:)?"
    r"|\*\*(?P<strong>[^*\s](?:[^*]*[^*\s])?)\*\*"
    r"|(?<![\w*])\*(?P<emphasis>[^*\s](?:[^*]*[^*\s])?)\*(?![\w*])"
    r"|\|(?P<substitution>[^|\s](?:[^|\n]{0,80}[^|\s])?)\|(?:__?)?"
    r"|\[(?P<note>\d+|[#*][\w-]*|[^\W_][\w.-]*)\]_"
    r"|(?<!\w)(?P<link>[^\W_]{1,60}(?:[-._+:][^\W_]{1,60}){0,8})__?(?!\w)",
    re.S,
)
_WITH_TARGET = re.compile(r"(?P<text>[^<]*[^<\s])\s*<[^<>]*>")


def plain(text: str, substitutions: Mapping[str, str]) -> str:
    """Return the words of running text; links and roles give what they show."""

    def shown(match: re.Match[str]) -> str:
        found = match.lastgroup or ""
        words = match[found]
        match found:
            case "escaped":
                return words.strip()
            case "named" | "phrase":
                return _label(words)
            case "substitution":
                return substitutions.get(words, match[0])
            case "note":
                return f"[{words}]"
        return words

    return " ".join(_MARKS.sub(shown, text).split())


def _label(text: str) -> str:
    """Return what a reference shows: the text before its target, or the last name of a path."""
    target = _WITH_TARGET.fullmatch(text.strip())
    if target:
        return target["text"]
    text = text.strip().strip("<>")
    return text.rpartition(".")[2] if text.startswith("~") else text.removeprefix("!")
