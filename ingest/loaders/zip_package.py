"""Zip packages, the containers of office files and e-books: members by name, within limits.

Nothing is unpacked to disk. What the directory declares is checked before a member is read, and
what comes out of it is counted while it is read, because a directory may lie.
"""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import DocumentError
from ingest.loaders.xml_parsing import parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_MEMBERS = 10_000
MAX_MEMBER = 200_000_000  # bytes of one member, unpacked
MAX_TOTAL = 500_000_000  # bytes of all members that are read, unpacked
OLE_MARK = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BLANKS = b" \t\r\n\0\xef\xbb\xbf\xff\xfe"
_BLOCK = 1 << 20


class ZipPackage:
    """An open package. A name that no member has is looked up without regard to its case."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        members = [info for info in archive.infolist() if not info.is_dir()]
        if len(members) > MAX_MEMBERS:
            raise DocumentError(f"too large: more than {MAX_MEMBERS:,} files inside")
        self._archive = archive
        self._exact = {info.filename: info for info in members}
        self._folded = {_folded(info.filename): info for info in reversed(members)}
        self._left = MAX_TOTAL

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all members, in the order of the directory."""
        return tuple(self._exact)

    def __contains__(self, name: str) -> bool:
        return self._member(name) is not None

    def read(self, name: str) -> bytes:
        """Return a member's bytes.

        Raises DocumentError where there is none of that name, where it needs a password, is
        damaged or larger than the limits.
        """
        info = self._member(name)
        if info is None:
            raise DocumentError(f"damaged: its part {name} is missing")
        if info.flag_bits & 1:
            raise DocumentError("password protected")
        if info.file_size > min(MAX_MEMBER, self._left):
            raise _too_large()
        try:
            return b"".join(self._blocks(info))
        except NotImplementedError:
            raise DocumentError("compressed in a way that cannot be read") from None
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError):
            raise DocumentError(f"damaged: its part {name} cannot be unpacked") from None

    def xml(self, name: str) -> "_Element":
        """Return the root element of a member; raises DocumentError as ``read`` and ``parse_xml``.

        A part that is used twice should be kept by the caller: each call counts as reading anew.
        """
        return parse_xml(self.read(name), name)

    def _member(self, name: str) -> zipfile.ZipInfo | None:
        return self._exact.get(name) or self._folded.get(_folded(name))

    def _blocks(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        """Yield a member's bytes until it ends or a limit is passed."""
        size = 0
        with self._archive.open(info) as member:
            while block := member.read(_BLOCK):
                size += len(block)
                self._left -= len(block)
                if size > MAX_MEMBER or self._left < 0:
                    raise _too_large()
                yield block


@contextmanager
def open_package(path: Path) -> Iterator[ZipPackage]:
    """Open a package for reading.

    Raises DocumentError where the file is no zip, is password protected or holds too many members.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise DocumentError(_why_not_zip(path)) from None
    with archive:
        yield ZipPackage(archive)


def _folded(name: str) -> str:
    """Return a member's name as names are compared: in one case, with forward slashes."""
    return name.replace("\\", "/").lstrip("/").casefold()


def _too_large() -> DocumentError:
    return DocumentError(
        f"too large: unpacked, it passes {MAX_MEMBER // 1_000_000} MB in one part "
        f"or {MAX_TOTAL // 1_000_000} MB in all"
    )


def _why_not_zip(path: Path) -> str:
    """Say what a file is that was expected to be a zip package."""
    data = path.read_bytes()
    if data.startswith(OLE_MARK):
        older = "an older Office file: save it in the newer format"
        return "password protected" if _ENCRYPTED in data else older
    if not data[:_BLOCK].strip(_BLANKS):
        return "empty"
    return "damaged: its zip directory cannot be read"
