"""An OpenDocument file, packed or flat: its content, its styles, its title, its encryption."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import DocumentError
from ingest.loaders.office_xml import given_title
from ingest.loaders.xml_parsing import parse_xml
from ingest.loaders.zip_package import MAX_MEMBER, ZipPackage, open_package

if TYPE_CHECKING:
    from lxml.etree import _Element

_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_MANIFEST = "META-INF/manifest.xml"


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """The root elements of content and styles (the same one in a flat file), and the title."""

    content: "_Element"
    styles: "_Element | None"
    title: str


def read_opendocument(path: Path) -> OpenDocument:
    """Read the parts of a file. Raises DocumentError where it is encrypted or damaged."""
    flat = flat_source(path)
    if flat is not None:
        root = parse_xml(flat, path.name)
        return OpenDocument(root, root, title_of(root))
    with open_package(path) as package:
        check_encryption(package)
        styles = package.xml("styles.xml") if "styles.xml" in package else None
        return OpenDocument(package.xml("content.xml"), styles, meta_title(package))


def flat_source(path: Path) -> bytes | None:
    """Return the bytes of a file that is one XML document; None for a package."""
    with path.open("rb") as file:
        head = file.read(1000)
        if b"<" not in head[:10] or b"office:document" not in head:
            return None
        data = head + file.read(MAX_MEMBER)
    if len(data) > MAX_MEMBER:
        raise DocumentError(f"too large: more than {MAX_MEMBER // 1_000_000} MB")
    return data


def check_encryption(package: ZipPackage) -> None:
    """Raise DocumentError where the parts of a package are encrypted."""
    if _MANIFEST in package and b"encryption-data" in package.read(_MANIFEST):
        raise DocumentError("password protected")


def meta_title(package: ZipPackage) -> str:
    """Return the title that the properties of a package give."""
    if "meta.xml" not in package:
        return ""
    try:
        return title_of(package.xml("meta.xml"))
    except DocumentError:
        return ""


def title_of(root: "_Element") -> str:
    """Return the title among properties, unless a program filled it in by itself."""
    found = next(root.iter(_TITLE), None)
    return given_title(found.text or "" if found is not None else "")
