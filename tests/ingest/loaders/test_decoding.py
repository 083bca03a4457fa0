"""Text in any encoding comes out as the same characters; noise is refused."""

import random
from pathlib import Path

import pytest

from ingest.errors import DocumentError
from ingest.loaders.decoding import decode, read_text

GERMAN = (
    "Der Geschäftsführer prüft die Rechnungen über größere Beträge selbst. "
    "Für Übernachtungen gilt die Regelung aus dem März; Bücher dürfen bestellt werden."
)
RUSSIAN = (
    "Этот договор вступает в силу с момента подписания. Стороны обязуются выполнять "
    "свои обязательства в полном объёме и в установленные сроки."
)
JAPANESE = "この契約は署名の日から有効となります。両当事者は義務を誠実に履行するものとします。"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "utf-8"),
        (GERMAN, "utf-8-sig"),
        (GERMAN, "utf-16"),
        (GERMAN, "utf-16-le"),
        (GERMAN, "utf-16-be"),
        (GERMAN, "utf-32"),
        (GERMAN, "cp1252"),
        (RUSSIAN, "utf-8"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
    ],
)
def test_encodings_are_recognised(text: str, encoding: str) -> None:
    """Marked, unmarked and legacy encodings give the same text."""
    assert decode(text.encode(encoding)) == (text, 0)


def test_utf8_goes_before_the_declared_encoding() -> None:
    """A page in UTF-8 that claims Latin-1 is read as UTF-8."""
    assert decode("naïve café".encode(), "iso-8859-1") == ("naïve café", 0)


def test_declared_encoding_goes_before_detection() -> None:
    """A short text that could be several encodings is read as the one it names."""
    assert decode("přítel".encode("iso-8859-2"), "iso-8859-2") == ("přítel", 0)


def test_broken_characters_are_replaced_and_counted() -> None:
    """Three stray bytes in a long UTF-8 text are lost, the rest is not misread."""
    data = (GERMAN * 5).encode() + b"\xff\xfe\xff" + "Ä".encode()

    text, replaced = decode(data)

    assert replaced == 3
    assert text == GERMAN * 5 + "\ufffd\ufffd\ufffdÄ"


def test_notes_say_how_many_characters_were_lost(tmp_path: Path) -> None:
    """The report of an ingest can tell what could not be decoded."""
    path = tmp_path / "broken.txt"
    path.write_bytes((GERMAN * 5).encode() + b"\xff")

    assert read_text(path)[1] == ("1 characters could not be decoded",)


def test_replacement_characters_of_the_source_are_no_loss() -> None:
    """A text that holds U+FFFD itself was decoded in full."""
    assert decode("a \ufffd b".encode()) == ("a \ufffd b", 0)


@pytest.mark.parametrize(
    "data",
    [
        random.Random(1).randbytes(3_000),
        random.Random(2).randbytes(300_000),
        b"\x7fELF\x02\x01\x01" + bytes(200),
        b"PK\x03\x04" + random.Random(3).randbytes(5_000),
        b"some words" + bytes(100),
    ],
)
def test_binary_data_is_refused(data: bytes) -> None:
    """Noise never becomes text, whatever encoding could be made to fit."""
    with pytest.raises(DocumentError, match="^not text: "):
        decode(data)


def test_line_ends_become_unix_ones() -> None:
    """Files from Windows and from old Macs have the same line ends."""
    assert decode(b"a\r\nb\rc\n") == ("a\nb\nc\n", 0)


def test_soft_hyphens_vanish() -> None:
    """A word that may be broken is still one word."""
    assert decode("un\u00adknown".encode())[0] == "unknown"
