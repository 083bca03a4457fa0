"""The directives of reStructuredText and Sphinx: which hold text, code or tables, and which none.

A directive that is not known here is text: its argument and its content are kept.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "code", "csv", "list", "none", "outside"]

_DIRECTIVE = re.compile(
    r"(?:\|(?P<substitution>[^|]+)\| +)?(?P<name>[\w:.+-]*[\w+]) ?::(?: +(?P<argument>.*))?$"
)
_OPTION = re.compile(r":(?P<name>[\w-]+):(?: +(?P<value>.*))?$")
_CODE = frozenset("code code-block sourcecode prompt ipython console testcode testoutput".split())
_CODE_FROM_ARGUMENT = frozenset("math parsed-literal productionlist doctest".split())
_NONE = frozenset(
    "toctree contents raw highlight module currentmodule py:module meta index role default-role "
    "sectnum target-notes tabularcolumns graphviz digraph graph mermaid plot uml header footer "
    "testsetup testcleanup date unicode replace restructuredtext-test-directive".split()
)
_OUTSIDE = frozenset({"include", "literalinclude"})
_BOXES = {
    name: name.capitalize()
    for name in "note tip warning caution important hint attention danger error todo".split()
} | {"seealso": "See also"}
_VERSIONS = {
    "versionadded": "Added in version",
    "versionchanged": "Changed in version",
    "versionremoved": "Removed in version",
    "deprecated": "Deprecated since version",
}
_PICTURES = frozenset({"image", "figure"})


@dataclass(frozen=True, slots=True)
class Directive:
    """A directive: its kind, the lines above its content, its content, the header of a table."""

    kind: Kind
    title: str
    body: list[str]
    header: str


def parsed_directive(first: str, block: Sequence[str]) -> Directive | None:
    """Return the directive whose line after the two dots is ``first``; None if it is none.

    ``block`` are the lines below, without their common indentation.
    """
    match = _DIRECTIVE.match(first)
    if match is None:
        return None
    if match["substitution"]:
        return Directive("none", "", [], "")
    name = match["name"].lower()
    argument, options, body = _parts(match["argument"] or "", block)
    if name in _NONE or name in _OUTSIDE:
        return Directive("outside" if name in _OUTSIDE else "none", "", [], "")
    if name in _CODE or name in _CODE_FROM_ARGUMENT:
        lead = argument if name in _CODE_FROM_ARGUMENT else []
        return Directive("code", "", [*lead, *body], "")
    if name in ("csv-table", "list-table"):
        kind: Kind = "csv" if name == "csv-table" else "list"
        return Directive(kind, " ".join(argument), body, options.get("header", ""))
    if name in _BOXES:
        return Directive("text", _BOXES[name], [*argument, *body], "")
    if name in _VERSIONS:
        number, _, text = " ".join(argument).partition(" ")
        title = f"{_VERSIONS[name]} {number}".strip()
        return Directive("text", f"{title}: {text}" if text else title, body, "")
    if name in _PICTURES:
        return Directive("text", options.get("alt", ""), body, "")
    return Directive("text", "\n".join(argument), body, "")


def _parts(first: str, block: Sequence[str]) -> tuple[list[str], dict[str, str], list[str]]:
    """Return the lines of the argument, the options and the content of a directive."""
    argument = [first] if first else []
    options: dict[str, str] = {}
    index = 0
    while index < len(block) and block[index]:
        option = _OPTION.match(block[index].strip())
        if option:
            options[option["name"]] = (option["value"] or "").strip()
        elif options or not argument:
            break
        else:
            argument.append(block[index].strip())
        index += 1
    return argument, options, list(block[index:])
