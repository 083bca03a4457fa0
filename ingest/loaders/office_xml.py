"""What the parts of Office Open XML files have in common: names, relations, properties, formulas.

Elements and attributes are told by their local names, because the two namespaces of the standard
(transitional and strict) give the same names to the same things.
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from ingest.errors import DocumentError
from ingest.loaders.zip_package import ZipPackage

if TYPE_CHECKING:
    from lxml.etree import _Element

_NO_TITLE = re.compile(
    r"\W*(?:untitled|no title|title|microsoft (?:word|powerpoint|excel).*"
    r"|(?:powerpoint|office)[- ](?:presentation|präsentation|theme)|présentation powerpoint"
    r"|presentación de powerpoint|document ?\d*|slide 1)\W*$"
    r"|.*\.(?:do[ct][xm]?|pp[ts][xm]?|xls[xmb]?|od[tsp]|rtf|pdf|html?|tex)$",
    re.I,
)
_WHITESPACE = re.compile(r"\s+")
_SPACES = re.compile(r"[ \t\f\v\u00a0]+")
_BREAK = re.compile(r" *\n *")
_GLUED = re.compile(r"[\w.,]*")


@dataclass(frozen=True, slots=True)
class Relation:
    """A link from one part of a package to another; ``kind`` is the last word of its type."""

    kind: str
    target: str


def local(element: "_Element") -> str:
    """Return the name of an element without its namespace; nothing for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: "_Element | None", name: str) -> str | None:
    """Return the value of the attribute with this local name."""
    if element is None:
        return None
    return next((v for k, v in element.attrib.items() if k.rpartition("}")[2] == name), None)


def relation_id(element: "_Element", name: str = "id") -> str | None:
    """Return the relation that an element names; it may have an id of its own beside it."""
    found = (v for k, v in element.attrib.items() if k.endswith("/relationships}" + name))
    return next(found, None)


def child(element: "_Element | None", *path: str) -> "_Element | None":
    """Return the first child of the first name in ``path``, and so on down to the last."""
    for name in path:
        if element is None:
            return None
        element = next((below for below in element if local(below) == name), None)
    return element


def children(element: "_Element | None", name: str) -> "Iterator[_Element]":
    """Yield the children of a name, also those in the alternative that is shown."""
    for below in () if element is None else element:
        if local(below) == name:
            yield below
        elif local(below) == "AlternateContent":
            yield from children(shown_alternative(below), name)


def descendants(element: "_Element", name: str) -> "Iterator[_Element]":
    """Yield the elements of a name anywhere below."""
    return (below for below in element.iter("{*}" + name) if below is not element)


def shown_alternative(element: "_Element") -> "_Element | None":
    """Return the content of an AlternateContent: its first choice, else its fallback."""
    choice = child(element, "Choice")
    return choice if choice is not None and len(choice) else child(element, "Fallback")


def is_on(element: "_Element | None") -> bool:
    """Tell whether a property that is on or off is there and on."""
    return element is not None and attribute(element, "val") not in ("0", "false", "off")


def whole_number(text: str | None, otherwise: int = 0) -> int:
    """Return the whole number that a value holds, as far as it holds one."""
    try:
        return int(float(text)) if text and len(text) < 20 else otherwise
    except (ValueError, OverflowError):
        return otherwise


def joined(text: str) -> str:
    """Return text on one line, with single blanks."""
    return _WHITESPACE.sub(" ", text).strip()


def in_lines(text: str) -> str:
    """Return text with single blanks, its line breaks kept."""
    return _BREAK.sub("\n", _SPACES.sub(" ", text)).strip()


def counted(number: int, thing: str, fate: str) -> tuple[str, ...]:
    """Return the note "2 images without text", none for no thing."""
    return (f"{number} {thing}{'s' if number > 1 else ''} {fate}",) if number else ()


def relations(package: ZipPackage, part: str) -> dict[str, Relation]:
    """Return the relations of a part to other parts of the package, by their ids."""
    folder, name = posixpath.split(part)
    source = posixpath.join(folder, "_rels", f"{name}.rels")
    if source not in package:
        return {}
    found = {}
    for link in children(package.xml(source), "Relationship"):
        if attribute(link, "TargetMode") != "External":
            kind = (attribute(link, "Type") or "").rpartition("/")[2]
            target = unquote(attribute(link, "Target") or "").replace("\\", "/")
            whole = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[attribute(link, "Id") or ""] = Relation(kind, whole)
    return found


def related(links: dict[str, Relation], kind: str) -> str | None:
    """Return the part that the first relation of a kind leads to."""
    return next((link.target for link in links.values() if link.kind == kind), None)


def main_part(package: ZipPackage, usual: str) -> str:
    """Return the name of the part that holds the document itself.

    Raises DocumentError where the package has none.
    """
    named = related(relations(package, ""), "officeDocument")
    for name in (named, usual):
        if name and name in package:
            return name
    raise DocumentError(f"damaged: its part {usual} is missing")


def core_title(package: ZipPackage) -> str:
    """Return the title among the properties, unless a program filled it in by itself."""
    part = related(relations(package, ""), "core-properties") or "docProps/core.xml"
    if part not in package:
        return ""
    try:
        title = child(package.xml(part), "title")
    except DocumentError:
        return ""
    return given_title(title.text or "" if title is not None else "")


def given_title(text: str) -> str:
    """Return a title on one line, or nothing where it is the name of a file or of a program."""
    title = joined(text)
    return "" if _NO_TITLE.match(title) else title


def formula(element: "_Element") -> str:
    """Return a formula of Office MathML on one line, such as ``x^2 + a/b``."""
    kind = local(element)
    if kind == "t":
        return element.text or ""
    parts = {local(part): formula(part) for part in element}
    match kind:
        case "f":
            return f"{_grouped(parts.get('num', ''))}/{_grouped(parts.get('den', ''))}"
        case "rad":
            return f"√{_grouped(parts.get('e', ''))}"
        case "sSup" | "sSub" | "sSubSup":
            below = f"_{_grouped(parts['sub'])}" if parts.get("sub") else ""
            above = f"^{_grouped(parts['sup'])}" if parts.get("sup") else ""
            return parts.get("e", "") + below + above
        case "d":
            return f"({', '.join(formula(part) for part in element if local(part) == 'e')})"
    return "".join(formula(part) for part in element)


def _grouped(text: str) -> str:
    """Return a part of a formula, in brackets where it is more than one term."""
    return text if _GLUED.fullmatch(text) else f"({text})"
