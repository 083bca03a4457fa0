"""The parts of a DOCX package beside its main text: styles, lists, notes, headers, drawings."""

from typing import TYPE_CHECKING

from ingest.errors import DocumentError
from ingest.loaders.office_xml import attribute, children, main_part, related, relations
from ingest.loaders.zip_package import ZipPackage

if TYPE_CHECKING:
    from lxml.etree import _Element


class DocxPackage:
    """The main text, and the parts that it names; one that is missing or damaged is left out."""

    def __init__(self, package: ZipPackage) -> None:
        self._package = package
        name = main_part(package, "word/document.xml")
        self._relations = relations(package, name)
        self.document: _Element = package.xml(name)
        self._notes: dict[str, dict[str, _Element]] = {}

    def root_of(self, kind: str) -> "_Element | None":
        """Return the root of the part of a kind, such as "styles"."""
        name = related(self._relations, kind)
        return self._root(name) if name else None

    def roots_of(self, kind: str) -> "list[_Element]":
        """Return the roots of all parts of a kind, such as "header"."""
        names = dict.fromkeys(r.target for r in self._relations.values() if r.kind == kind)
        roots = (self._root(name) for name in names)
        return [root for root in roots if root is not None]

    def elements_of(self, kind: str, name: str) -> "list[_Element]":
        """Return the top elements of a name in the part of a kind."""
        return list(children(self.root_of(kind), name))

    def linked_root(self, relation: str | None) -> "_Element | None":
        """Return the root of the XML part that a relation leads to."""
        link = self._relations.get(relation or "")
        return self._root(link.target) if link is not None else None

    def linked_bytes(self, relation: str | None) -> bytes:
        """Return the bytes of the part that a relation leads to; none where there is none."""
        link = self._relations.get(relation or "")
        if link is None or link.target not in self._package:
            return b""
        return self._package.read(link.target)

    def note(self, kind: str, note_id: str) -> "_Element | None":
        """Return a footnote or an endnote."""
        if kind not in self._notes:
            found = self.elements_of(f"{kind}s", kind)
            self._notes[kind] = {attribute(note, "id") or "": note for note in found}
        return self._notes[kind].get(note_id)

    def _root(self, name: str) -> "_Element | None":
        try:
            return self._package.xml(name)
        except DocumentError:
            return None
