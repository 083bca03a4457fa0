"""Subtitles read as what is said, with the time to find it again."""

from pathlib import Path

import pytest

from ingest.errors import DocumentError
from ingest.loaders import load
from ingest.types import Document

SRT = """1
00:00:01,000 --> 00:00:03,000
{\\an8}The harbour opens
<i>at six</i> in

2
00:00:03,100 --> 00:00:05,000
the morning.

3
00:00:12,000 --> 00:00:14,000
- Who opens it?
- Mia &amp; Per.

4
00:02:30,500 --> 00:02:32,000
It closes late.
"""
VTT = """WEBVTT - Port talk

NOTE recorded in May

intro
00:01.000 --> 00:03.000 align:start
<v Mia>The tide is high.

00:03.000 --> 00:04.000
<v Mia>Very <c.loud>high</c>.

00:04.000 --> 00:06.000
<v.loud Per Lund>I see.
"""
ROLLING = """WEBVTT

00:00:00.000 --> 00:00:02.000
we went out

00:00:02.000 --> 00:00:04.000
we went out
to the pier

00:00:04.000 --> 00:00:06.000
to the pier
and back
"""


def read(tmp_path: Path, source: str, name: str) -> Document:
    """Return the Document of subtitles of this source."""
    path = tmp_path / name
    path.write_text(source)
    return load(path)


def test_cues_are_joined_to_sentences(tmp_path: Path) -> None:
    """Cuts of the screen are gone; a pause, another speaker and the time begin anew."""
    assert read(tmp_path, SRT, "film.srt").text == (
        "00:00:01\n\nThe harbour opens at six in the morning.\n\n"
        "Who opens it?\n\nMia & Per.\n\n00:02:30\n\nIt closes late."
    )


def test_times_are_headings(tmp_path: Path) -> None:
    """A citation says at what time the words are spoken."""
    document = read(tmp_path, SRT, "film.srt")

    assert document.title == "film"
    assert [heading.title for heading in document.headings] == ["00:00:01", "00:02:30"]
    assert document.text[document.headings[1].start :].startswith("00:02:30\n\nIt closes")


def test_speakers_are_named_once_a_turn(tmp_path: Path) -> None:
    """WebVTT says who speaks; settings, notes and classes are left out."""
    assert read(tmp_path, VTT, "talk.vtt").text == (
        "00:00:01\n\nMia: The tide is high. Very high.\n\nPer Lund: I see."
    )


def test_rolling_captions_are_not_said_twice(tmp_path: Path) -> None:
    """Lines that stay on the screen while the next come are read once."""
    assert read(tmp_path, ROLLING, "a.vtt").text == "00:00:00\n\nwe went out to the pier and back"


def test_file_without_times_is_refused(tmp_path: Path) -> None:
    """Words without a cue are no subtitles."""
    with pytest.raises(DocumentError, match="^damaged: no subtitle with a time"):
        read(tmp_path, "just words\n", "a.srt")
