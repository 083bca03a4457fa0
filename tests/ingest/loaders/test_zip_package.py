"""A package gives its members within limits, and one reason where it does not."""

import struct
import zipfile
from pathlib import Path

import pytest

from ingest.errors import DocumentError
from ingest.loaders import zip_package
from ingest.loaders.xml_parsing import parse_xml
from ingest.loaders.zip_package import OLE_MARK, open_package


def made(tmp_path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    """Return the path of a zip with these members."""
    path = tmp_path / "package.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def reason(path: Path, name: str = "a.xml") -> str:
    """Return why a member cannot be read."""
    with pytest.raises(DocumentError) as caught, open_package(path) as package:
        package.read(name)
    return str(caught.value)


def test_member_is_found_by_its_name_in_any_case(tmp_path: Path) -> None:
    """Producers disagree on case and slashes; an exact name goes first."""
    path = made(tmp_path, {"Word\\Document.xml": b"one", "A.TXT": b"big", "a.txt": b"small"})

    with open_package(path) as package:
        assert package.read("word/document.xml") == b"one"
        assert (package.read("A.TXT"), package.read("a.txt")) == (b"big", b"small")
        assert "word/document.xml" in package
        assert "word/other.xml" not in package


def test_missing_member_is_named(tmp_path: Path) -> None:
    """The reason tells which part is not there."""
    assert reason(made(tmp_path, {"b": b"x"})) == "damaged: its part a.xml is missing"


def test_too_many_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The directory alone decides."""
    monkeypatch.setattr(zip_package, "MAX_MEMBERS", 3)

    assert reason(made(tmp_path, dict.fromkeys("abcd", b""))).startswith("too large: more than 3")


def test_declared_size_is_checked_before_reading(tmp_path: Path) -> None:
    """A gigabyte of zeros in a megabyte is refused from the directory."""
    path = tmp_path / "bomb.zip"
    zeros = bytes(10_000_000)
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("a.xml", "w") as member,
    ):
        for _ in range(21):
            member.write(zeros)

    assert reason(path).startswith("too large: unpacked, it passes 200 MB")


def test_sizes_add_up_over_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each reading counts, of the same member too."""
    monkeypatch.setattr(zip_package, "MAX_TOTAL", 250)
    path = made(tmp_path, {"a": bytes(100)})

    with open_package(path) as package:
        package.read("a")
        package.read("a")
        with pytest.raises(DocumentError, match="^too large"):
            package.read("a")


def test_directory_that_understates_a_size_is_no_way_round(tmp_path: Path) -> None:
    """A member gives no more bytes than its directory entry declares."""
    path = made(tmp_path, {"a.xml": bytes(5000)})
    data = path.read_bytes()
    at = data.index(b"PK\x01\x02") + 24
    path.write_bytes(data[:at] + struct.pack("<L", 10) + data[at + 4 :])

    assert reason(path) == "damaged: its part a.xml cannot be unpacked"


def test_encrypted_member_needs_a_password(tmp_path: Path) -> None:
    """The flag in the directory is enough to say so."""
    path = made(tmp_path, {"a.xml": b"secret"})
    data = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    path.write_bytes(data)

    assert reason(path) == "password protected"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (OLE_MARK + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "password protected"),
        (OLE_MARK + bytes(600), "an older Office file: save it in the newer format"),
        (b"\0" * 5000, "empty"),
        (b"<html>Not found</html>", "damaged: its zip directory cannot be read"),
        (b"PK\x03\x04 cut short", "damaged: its zip directory cannot be read"),
    ],
)
def test_file_that_is_no_zip_says_what_it_is(data: bytes, expected: str, tmp_path: Path) -> None:
    """An encrypted office file is no zip at all, nor is a download that broke off."""
    path = tmp_path / "a.zip"
    path.write_bytes(data)

    assert reason(path) == expected


def test_rotten_member_is_damaged(tmp_path: Path) -> None:
    """A wrong checksum is a reason, not noise in the text."""
    path = made(tmp_path, {"a.xml": b"word " * 100}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"word word", b"ward word", 1))

    assert reason(path) == "damaged: its part a.xml cannot be unpacked"


def test_entities_stay_unexpanded(tmp_path: Path) -> None:
    """Neither a file of this machine nor a billion laughs comes in by an entity."""
    (tmp_path / "secret").write_text("the secret")
    source = (
        f'<!DOCTYPE a [<!ENTITY f SYSTEM "file://{tmp_path}/secret"><!ENTITY l "ha">'
        '<!ENTITY m "&l;&l;&l;&l;">]><a>x&f;&m;<!-- c --><?p i?>y</a>'
    )

    words = "".join(parse_xml(source.encode(), "a.xml").itertext("a", "b"))

    assert "secret" not in words
    assert "ha" not in words


@pytest.mark.parametrize("source", [b"<a><b></a>", b"", b"<a>" * 5000 + b"</a>" * 5000])
def test_bad_xml_is_damaged(source: bytes) -> None:
    """Unclosed, empty and bottomless XML end in a reason that names the part."""
    with pytest.raises(DocumentError, match=r"^damaged: its part word/a\.xml is not valid XML"):
        parse_xml(source, "word/a.xml")
