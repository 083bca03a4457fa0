"""Messages are read as a mail program shows them; mailboxes message by message."""

import tracemalloc
from pathlib import Path

import pytest

from ingest.errors import DocumentError
from ingest.loaders import load
from ingest.types import Document

MESSAGE = """From: =?utf-8?q?J=C3=BCrgen_Voss?= <voss@harbour.example>
To: Mia <mia@harbour.example>,
 crew@harbour.example
Subject: =?utf-8?b?UHLDvGZ1bmc=?= of the
 crane
Date: Sun, 3 May 2026 14:05:00 +0200
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=OUT

--OUT
Content-Type: multipart/alternative; boundary=IN

--IN
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

The crane is checked on M=F6nday.

> When is it checked?
--IN
Content-Type: text/html

<p>The crane is checked <b>on Monday</b> (HTML).</p>
--IN--
--OUT
Content-Type: message/rfc822

From: mia@harbour.example
Subject: Old question

When is it checked?
--OUT
Content-Type: application/pdf
Content-Disposition: attachment; filename="=?utf-8?q?pr=C3=BCf.pdf?="
Content-Transfer-Encoding: base64

JVBERi0xLjQK
--OUT
Content-Type: image/png; name=logo.png
Content-Disposition: inline
Content-ID: <logo>

x
--OUT--
"""


def read(tmp_path: Path, source: str | bytes, name: str = "a.eml") -> Document:
    """Return the Document of a message or mailbox of this source."""
    path = tmp_path / name
    path.write_bytes(source.encode("latin-1") if isinstance(source, str) else source)
    return load(path)


def message(body: str, kind: str = "text/plain", subject: str = "Tides") -> str:
    """Return the source of a simple message."""
    return f"From: a@x.example\nSubject: {subject}\nContent-Type: {kind}\n\n{body}\n"


def test_message_reads_as_a_mail_program_shows_it(tmp_path: Path) -> None:
    """Header lines are decoded, plain text goes before HTML, quoted and attached text stays."""
    document = read(tmp_path, MESSAGE)

    assert document.title == "Prüfung of the crane"
    assert document.text == (
        "Prüfung of the crane\n\n"
        "From: Jürgen Voss <voss@harbour.example>\n"
        "To: Mia <mia@harbour.example>, crew@harbour.example\n"
        "Date: 3 May 2026, 14:05 +0200\n\n"
        "The crane is checked on Mönday.\n\n> When is it checked?\n\n"
        "Old question\n\nFrom: mia@harbour.example\n\nWhen is it checked?"
    )


def test_subjects_are_headings(tmp_path: Path) -> None:
    """An attached message is a section inside the one it is attached to."""
    document = read(tmp_path, MESSAGE)

    assert [(h.level, h.title) for h in document.headings] == [
        (1, "Prüfung of the crane"),
        (2, "Old question"),
    ]
    assert document.text[document.headings[1].start :].startswith("Old question")


def test_attachments_are_named_without_the_pictures_of_the_layout(tmp_path: Path) -> None:
    """The PDF is listed under its decoded name, the logo in the signature is not."""
    assert read(tmp_path, MESSAGE).notes == ("attachments not read: prüf.pdf",)


def test_html_is_read_where_there_is_nothing_else(tmp_path: Path) -> None:
    """A message of HTML alone is rendered to text, its headings none of the message."""
    document = read(tmp_path, message("<h1>Sale</h1><p>Two boats &amp; oars.</p>", "text/html"))

    assert document.text == "Tides\n\nFrom: a@x.example\n\nSale\n\nTwo boats & oars."
    assert [heading.title for heading in document.headings] == ["Tides"]


def test_stub_of_plain_text_does_not_hide_the_html(tmp_path: Path) -> None:
    """Where plain text only says that there is HTML, the HTML is read."""
    prose = "The ferry leaves from pier nine on every working day of the year. " * 10
    body = (
        "--B\nContent-Type: text/plain\n\nSee the HTML version.\n"
        f"--B\nContent-Type: text/html\n\n<p>{prose}</p>\n--B--"
    )

    document = read(tmp_path, message(body, "multipart/alternative; boundary=B"))

    assert "pier nine" in document.text and "See the HTML" not in document.text


def test_wrapped_lines_are_joined_where_the_message_says_so(tmp_path: Path) -> None:
    """Flowed text has whole sentences again; the quoted and the signature stay apart."""
    document = read(
        tmp_path,
        message(
            "High water is \nat noon.\n> And when \n> tomorrow?\n-- \nA",
            "text/plain; format=flowed",
        ),
    )

    assert document.text.endswith("High water is at noon.\n> And when tomorrow?\n-- \nA")


def test_japanese_of_seven_bits_is_decoded(tmp_path: Path) -> None:
    """ISO-2022-JP is ASCII to a careless eye, but not Japanese then."""
    source = message("BODY", "text/plain; charset=iso-2022-jp").encode("ascii")

    document = read(tmp_path, source.replace(b"BODY", "潮の時刻".encode("iso-2022-jp")))

    assert document.text.endswith("潮の時刻")


def test_encrypted_message_keeps_its_header_and_says_so(tmp_path: Path) -> None:
    """Who wrote when can still be asked; the rest is noted."""
    document = read(
        tmp_path,
        message(
            "--E\nContent-Type: application/octet-stream\n\nxx\n--E--",
            "multipart/encrypted; boundary=E",
        ),
    )

    assert document.text.startswith("Tides\n\nFrom: a@x.example")
    assert document.notes == ("an encrypted part was not read",)


def test_thousands_of_recipients_are_shortened(tmp_path: Path) -> None:
    """A round mail does not become a page of addresses."""
    people = ",\n ".join(f"p{n}@x.example" for n in range(60_000))

    text = read(tmp_path, f"To: {people}\nSubject: All\n\nHello.\n").text

    assert text.startswith("All\n\nTo: p0@x.example, p1@x.example")
    assert "and others\n\nHello." in text and len(text) < 800


def test_thousands_of_parts_inside_one_another_are_refused(tmp_path: Path) -> None:
    """A message made to exhaust its reader costs a reason."""
    nested = "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(3_000)
    )

    with pytest.raises(DocumentError, match="nested too deeply"):
        read(tmp_path, f"From: a@x.example\n{nested}\ntext")


def test_file_without_a_header_is_no_message(tmp_path: Path) -> None:
    """Something else named .eml is refused with a reason."""
    with pytest.raises(DocumentError, match="no header of an e-mail"):
        read(tmp_path, "just some words\n\nand more\n")


def test_mailbox_has_a_section_for_each_message(tmp_path: Path) -> None:
    """Messages are told apart by their separators, not by words that look like one."""
    first = message("From noon on we sail.\n\n>From here to there.", subject="Plan")
    second = "From: b@x.example\nDate: nonsense\n\nNo subject here.\n"
    box = f"From a Sun May  3 14:05:00 2026\n{first}From b Sun May  3 15:05:00 2026\n{second}"

    document = read(tmp_path, box, "inbox.mbox")

    assert [heading.title for heading in document.headings] == ["Plan", "(no subject)"]
    assert document.title == "inbox"
    assert document.text == (
        "Plan\n\nFrom: a@x.example\n\nFrom noon on we sail.\n\nFrom here to there.\n\n"
        "(no subject)\n\nFrom: b@x.example\nDate: nonsense\n\nNo subject here."
    )


def test_damaged_message_does_not_lose_the_mailbox(tmp_path: Path) -> None:
    """A message without a header is counted, the others are read."""
    box = (
        "From a Sun May  3 14:05:00 2026\n\n\x02garbage\n\n"
        f"From b Sun May  3 15:05:00 2026\n{message('Still here.')}"
    )

    document = read(tmp_path, box, "inbox.mbox")

    assert document.text.endswith("Still here.")
    assert document.notes == ("1 messages are damaged",)


def test_large_mailbox_is_not_held_in_memory(tmp_path: Path) -> None:
    """Thirty megabytes of attachments pass through a few megabytes of memory."""
    line = b"QUJD" * 19 + b"\n"
    path = tmp_path / "big.mbox"
    part = "--B\nContent-Type: text/plain\n\nPage {n}.\n--B\nContent-Type: a/b; name=a.zip\n"
    with path.open("wb") as file:
        for n in range(3):
            file.write(b"From a Sun May  3 14:05:00 2026\n")
            opening = part.format(n=n) + "Content-Transfer-Encoding: base64\n\n"
            file.write(message(opening, "multipart/mixed; boundary=B").rstrip("\n").encode("ascii"))
            file.write(b"\n\n" + line * 130_000 + b"--B--\n\n")

    tracemalloc.start()
    document = load(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert [page for page in ("Page 0.", "Page 1.", "Page 2.") if page in document.text] == [
        "Page 0.",
        "Page 1.",
        "Page 2.",
    ]
    assert document.notes == ("attachments not read: a.zip",)
    assert peak < 8_000_000
