"""Source code: the file as it stands, with its top-level definitions as headings.

A heading is the line of a definition from its keyword to its name, found by a light pattern for
each family of languages; a citation then says which function or class it is from.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from ingest.loaders.decoding import read_text
from ingest.types import Document, Heading, Span

_LONGEST_LINE = 300  # characters of a line that may open a definition
_DEEPEST = 8  # columns that a method may stand inside its class
_WORD = r"[A-Za-z_$][\w$]*"
_NO_NAME = r"(?!(?:if|for|while|switch|catch|return|else|new|throw|synchronized|using|lock|do)\b)"

_PYTHON = re.compile(rf"(?P<title>(?:async\s+def|def|class)\s+{_WORD})")
_RUBY = re.compile(r"(?P<title>(?:def|class|module)\s+[\w.:]+[?!=]?)")
_SCRIPT = re.compile(
    r"(?:export\s+)?(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?"
    rf"(?P<title>(?:function\*?|class|interface|enum|namespace)\s+{_WORD}"
    rf"|type\s+{_WORD}(?=[^=]*=)"
    rf"|(?:const|let|var)\s+{_WORD}(?=\s*=\s*(?:async\s*)?(?:function\b|\([^()]*\)[^=]*=>|\w+\s*=>)))"
)
_SCRIPT_METHOD = re.compile(
    r"(?:(?:public|private|protected|static|async|override|readonly|get|set)\s+)*\*?"
    rf"{_NO_NAME}(?P<title>#?{_WORD})\s*(?:<[^<>]*>)?\([^;=\"'`]*\)[^;=]*\{{\s*$"
)
_MODIFIER = (
    r"(?:public|private|protected|internal|static|final|abstract|sealed|partial|open|override|"
    r"virtual|async|readonly|data|inline|suspend|native|synchronized|default|implicit|case)\s+"
)
_CURLY = re.compile(
    rf"(?:{_MODIFIER})*(?P<title>(?:class|interface|enum|record|struct|trait|object|namespace|"
    rf"protocol|extension|function|fun|func|def)\s+&?{_WORD})"
)
_TYPED_METHOD = re.compile(
    rf"(?:(?:{_MODIFIER})+|(?={_NO_NAME}[\w$.?]+[^()=]*\s{_WORD}\s*\())"
    rf"(?P<title>{_NO_NAME}(?:[\w$.?]+(?:<[^()]*>)?(?:\[\])*\s+)?{_WORD})"
    r"\s*\((?:[^;=]*\)[^;=]*\{?|[^;()=]*,)\s*$"
)
_C = re.compile(
    rf"(?P<title>(?:class|struct|union|enum|namespace)\s+{_WORD}(?=[^;()]*$)"
    rf"|{_NO_NAME}(?!(?:#|typedef|extern\s+\"C\"))[A-Za-z_][\w:<>,*&~ \t]*\b(?=\([^;]*$))"
)
_GO = re.compile(rf"(?P<title>func\s+(?:\([^()]*\)\s*)?{_WORD}|type\s+{_WORD})")
_RUST = re.compile(
    r"(?:pub(?:\([^()]*\))?\s+)?(?:default\s+)?(?:const\s+)?(?:async\s+)?(?:unsafe\s+)?"
    r"(?:extern\s+\"[^\"]*\"\s+)?"
    rf"(?P<title>(?:fn|struct|enum|trait|mod|union|macro_rules!|type)\s+{_WORD}|impl\b[^{{]*[\w>])"
)
_SHELL = re.compile(r"(?P<title>function\s+[\w:.-]+|[\w:.-]+\s*\(\))")
_SQL = re.compile(
    r"(?P<title>CREATE\s+(?:OR\s+REPLACE\s+)?(?:(?:GLOBAL|LOCAL|TEMP|TEMPORARY|UNIQUE|MATERIALIZED|"
    r"RECURSIVE|EXTERNAL)\s+)*(?:TABLE|VIEW|FUNCTION|PROCEDURE|INDEX|TRIGGER|TYPE|SCHEMA|SEQUENCE)"
    r"\s+(?:IF\s+NOT\s+EXISTS\s+)?[\w.\"`\[\]]+)",
    re.I,
)
_SECTION = re.compile(r"(?P<title>\[\[?[^\[\]\n]{1,100}\]\]?)\s*(?:[#;].*)?$")
_TOP_KEY = re.compile(r"(?P<title>[\w./-][\w ./-]{0,80}):\s*(?:[#&|>].*)?$")
_LUA = re.compile(r"(?:local\s+)?(?P<title>function\s+[\w.:]+)")
_PERL = re.compile(r"(?P<title>(?:sub|package)\s+[\w:]+)")
_R = re.compile(r"(?P<title>[\w.]+)\s*(?:<-|=)\s*function\b")

_FAMILIES: tuple[tuple[str, int, tuple[re.Pattern[str], ...]], ...] = (
    ("py pyi pyw", _DEEPEST, (_PYTHON,)),
    ("rb rake", _DEEPEST, (_RUBY,)),
    ("js mjs cjs jsx ts mts cts tsx vue svelte", _DEEPEST, (_SCRIPT, _SCRIPT_METHOD)),
    ("java cs dart", _DEEPEST, (_CURLY, _TYPED_METHOD)),
    ("kt kts swift scala groovy php", _DEEPEST, (_CURLY,)),
    ("c h cc cpp cxx hpp hh hxx m mm", 0, (_C,)),
    ("go", 0, (_GO,)),
    ("rs", _DEEPEST, (_RUST,)),
    ("sh bash zsh", 0, (_SHELL,)),
    ("sql", _DEEPEST, (_SQL,)),
    ("toml ini cfg conf", 0, (_SECTION,)),
    ("yaml yml", 0, (_TOP_KEY,)),
    ("lua", _DEEPEST, (_LUA,)),
    ("pl pm", 0, (_PERL,)),
    ("r", 0, (_R,)),
    ("css scss less properties bat cmd ps1 jl hs ex exs erl clj elm ml fs vb", 0, ()),
    ("proto graphql tf cmake gradle xsl xslt xsd diff patch", 0, ()),
)
_LANGUAGES = {
    f".{name}": (deepest, patterns)
    for names, deepest, patterns in _FAMILIES
    for name in names.split()
}
SUFFIXES = frozenset(_LANGUAGES)


def load(path: Path) -> Document:
    """Read source code; its title is the name of the file, its text not changed by a character."""
    text, notes = read_text(path)
    deepest, patterns = _LANGUAGES.get(path.suffix.lower(), (0, ()))
    return Document(
        title=path.name,
        text=text,
        headings=tuple(_headings(text, deepest, patterns)),
        solid=(Span(0, len(text)),),
        notes=notes,
    )


def _headings(text: str, deepest: int, patterns: Sequence[re.Pattern[str]]) -> Iterator[Heading]:
    """Yield the definitions that stand at most ``deepest`` columns from the margin."""
    around: list[int] = []  # the columns of the definitions that the next one may lie in
    place = 0
    for line in text.split("\n") if patterns else ():
        body = line.lstrip(" \t")
        indent = len(line[: len(line) - len(body)].expandtabs(4))
        if body and len(body) <= _LONGEST_LINE and indent <= deepest:
            match = next(filter(None, (pattern.match(body) for pattern in patterns)), None)
            if match:
                while around and around[-1] >= indent:
                    around.pop()
                around.append(indent)
                start = place + len(line) - len(body) + match.start("title")
                yield Heading(len(around), match["title"].rstrip(), start)
        place += len(line) + 1
