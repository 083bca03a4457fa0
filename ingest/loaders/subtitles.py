"""Subtitles (SRT, WebVTT): what is said, as running text, with the time as headings.

Cues cut sentences wherever the screen is full, so their words are joined until somebody else
speaks, a pause comes, or two minutes have passed.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import DocumentError
from ingest.loaders.builder import DocumentBuilder
from ingest.loaders.decoding import read_text
from ingest.types import Document

_SECTION = 120.0  # seconds from one time mark to the next
_PATIENCE = 30.0  # seconds that a mark waits for the end of a sentence
_PAUSE = 3.0  # seconds of silence that end a paragraph
_CONTIGUOUS = 0.1  # seconds between cues that roll over the screen
_CLOCK = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMES = re.compile(rf"^\s*{_CLOCK}\s*-->\s*{_CLOCK}", re.M)
_SPEAKER = re.compile(r"<v(?:\.[\w.]+)?\s+([^>\n]{1,80})>")
_TAG = re.compile(r"<[^<>\n]{0,200}>|\{\\[^{}\n]{0,100}\}")
_TURN = re.compile(r"(?:[-–—]|>>+)\s*(?=\D)")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_ENDS = (".", "!", "?", "…", "。", "！", "？", '"', "”", "»")


@dataclass(frozen=True, slots=True)
class _Cue:
    """One cue: seconds of its start and end, and its lines."""

    start: float
    end: float
    lines: tuple[str, ...]


def load(path: Path) -> Document:
    """Read subtitles; a heading gives the time about every two minutes.

    Raises DocumentError where the file holds no cue with a time.
    """
    text, notes = read_text(path)
    if not text.strip():
        return Document(title="", text="")
    builder = DocumentBuilder()
    transcript = _Transcript(builder)
    for cue in _cues(text):
        transcript.add(cue)
    transcript.end_paragraph()
    if not builder.text:
        raise DocumentError("damaged: no subtitle with a time was found")
    return builder.build("", notes)


class _Transcript:
    """Joins the words of cues into paragraphs."""

    def __init__(self, builder: DocumentBuilder) -> None:
        self._builder = builder
        self._words: list[str] = []
        self._mark: float | None = None
        self._last = _Cue(0.0, 0.0, ())
        self._speaker = ""

    def add(self, cue: _Cue) -> None:
        """Add what is said in a cue; lines still shown from the last one are not said again."""
        if self._mark is None or self._is_mark_due(cue, cue.start - self._mark):
            self.end_paragraph()
            self._builder.heading(1, _clock(cue.start))
            self._mark = cue.start
        elif cue.start - self._last.end > _PAUSE:
            self.end_paragraph()
        for line in cue.lines[self._still_shown(cue) :]:
            self._say(line)
        self._last = cue

    def end_paragraph(self) -> None:
        """Write the words that were gathered."""
        self._builder.paragraph(" ".join(self._words))
        self._words.clear()

    def _is_mark_due(self, cue: _Cue, passed: float) -> bool:
        """Tell whether the next mark is due, at the end of a sentence where that is soon."""
        if passed < _SECTION:
            return passed < 0
        pause = cue.start - self._last.end > _PAUSE
        ended = not self._words or self._words[-1].endswith(_ENDS)
        return ended or pause or passed > _SECTION + _PATIENCE

    def _still_shown(self, cue: _Cue) -> int:
        """Return how many first lines of a cue are the last ones of the cue before it."""
        before = self._last.lines
        if cue.start - self._last.end > _CONTIGUOUS or len(cue.lines) + len(before) < 3:
            return 0
        counts = range(min(len(before), len(cue.lines)), 0, -1)
        return next((n for n in counts if before[-n:] == cue.lines[:n]), 0)

    def _say(self, line: str) -> None:
        """Add a line, in a new paragraph where somebody else speaks."""
        speaker = _SPEAKER.search(line)
        words = " ".join(html.unescape(_TAG.sub("", line)).split())
        turn = _TURN.match(words)
        if turn:
            words = words[turn.end() :]
        named = " ".join(speaker[1].split()) if speaker else self._speaker
        if turn or named != self._speaker:
            self.end_paragraph()
        if named != self._speaker:
            self._speaker = named
            words = f"{named}: {words}"
        if words:
            self._words.append(words)


def _cues(text: str) -> Iterator[_Cue]:
    """Yield the cues in the order of the file."""
    times = list(_TIMES.finditer(text))
    ends = [*(match.start() for match in times), len(text)][1:]
    for match, end in zip(times, ends, strict=True):
        below = text[match.end() : end].partition("\n")[2]
        spoken = _BLANK_LINE.split(f"\n{below}", maxsplit=1)[0]
        lines = tuple(filter(None, map(str.strip, spoken.split("\n"))))
        if lines:
            yield _Cue(_seconds(match.groups()[:4]), _seconds(match.groups()[4:]), lines)


def _seconds(clock: Sequence[str | None]) -> float:
    """Return the seconds of hours, minutes, seconds and decimals."""
    hours, minutes, seconds, decimals = (part or "0" for part in clock)
    return int(hours) * 3600 + int(minutes) * 60 + float(f"{seconds}.{decimals}")


def _clock(seconds: float) -> str:
    """Return a time as hours, minutes and seconds."""
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"
