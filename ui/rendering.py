"""Turns answers into what the page shows: Markdown for the chat, HTML for the sources panel.

Pure functions of answers. ``turn`` numbers the questions of a conversation from 1; it makes the
anchors of one answer differ from those of another. Everything that comes from a document, a
question or an error is escaped here.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rag.prompts import ABSTENTION
from rag.types import Answer, Citation, Hit
from rag.wording import confidence_level, confidence_words, file_page_heading, place_of
from ui.escaping import escape_html, escape_markdown
from ui.facts import LibraryFacts

_MARK = re.compile(r"\[(\d{1,3})\]")
_ITEM = re.compile(r"^\s*(?:[-*•]|(\d{1,3})[.)])\s+")
NO_SOURCES = '<p class="fn-none">The passages that an answer rests on appear here.</p>'
_COMMAND = re.compile(r"`(footnote [\w./~ =-]+)`", re.ASCII)  # signs that mean nothing in markup
_CLOSEST = 3  # passages named in the chat when the files do not hold the answer


@dataclass(frozen=True, slots=True)
class Highlight:
    """Characters ``start:end`` of a passage and the numbers of the citations that rest on them."""

    start: int
    end: int
    numbers: tuple[int, ...]


def answer_markdown(answer: Answer, turn: int) -> str:
    """Return a finished answer for the chat, with linked footnotes and its confidence.

    The exact words, each a paragraph of its own before the one that bears it, are set in bold.
    """
    if answer.abstained:
        return _abstention_markdown(answer, turn)
    linked = {citation.number for citation in answer.citations}
    words = confidence_words(answer.confidence).capitalize()
    paragraphs = answer.text.split("\n\n")
    parts = [text_markdown(paragraph, turn, linked) for paragraph in paragraphs]
    for index in range(len(parts) - 2, -1, -2):
        if "\n" not in paragraphs[index] and not _ITEM.match(paragraphs[index]):
            parts[index] = _strong(parts[index])
    return "\n\n".join((*parts, f"*{escape_markdown(words)}*"))


def text_markdown(text: str, turn: int, linked: Iterable[int] = ()) -> str:
    """Return the text of an answer; ``[n]`` becomes a link for each number in ``linked``."""
    blocks: list[str] = []
    for line in text.splitlines():
        item = _ITEM.match(line)
        body = _linked(line[item.end() :] if item else line, turn, set(linked))
        if not body:
            continue
        marker = "" if item is None else f"{item[1]}. " if item[1] else "- "
        blocks.append(marker + body)
    return _joined(blocks)


def error_markdown(message: str) -> str:
    """Return an error for the chat; a command in it stands out."""
    parts = []
    for words, command in _commands(message[:1].upper() + message[1:]):
        parts.append(_spaced(words) + (f"`{command}`" if command else ""))
    return f"**This did not work.** {''.join(parts)}"


def facts_html(facts: LibraryFacts) -> str:
    """Return the page's header: what is asked, and that it stays here."""
    private = '<span class="fn-private">Everything stays on this machine</span>'
    if facts.problem:
        problem = "".join(
            escape_html(words) + (f"<code>{command}</code>" if command else "")
            for words, command in _commands(facts.problem[:1].upper() + facts.problem[1:])
        )
        middle = f'<span class="fn-problem" role="status">{problem}</span>'
    else:
        parts = (
            f"{facts.documents:,} documents",
            f"{facts.passages:,} passages",
            escape_html(facts.embedder),
        )
        middle = (
            f'<span class="fn-folder" title="{escape_html(facts.library)}">'
            f"{escape_html(facts.folder)}</span>"
            f'<span class="fn-counts">{" · ".join(parts)}</span>'
        )
    return f'<header class="fn-header"><h1>Footnote</h1>{middle}{private}</header>'


def sources_html(answer: Answer, turn: int, latest: bool = True) -> str:
    """Return the panel's section for one answer: its cited passages, then the others found."""
    cards, used = _citation_cards(answer, turn)
    others = [hit for hit in answer.passages if _key(hit) not in used]
    closest = [_passage_card(hit, f"near-{turn}-{n}") for n, hit in enumerate(others, 1)]
    if answer.abstained or not cards:
        note = "The closest passages. None of them holds the answer." if closest else ""
        return _section(answer, note, _list(closest), latest)
    more = ""
    if closest:
        label = "1 other passage" if len(closest) == 1 else f"{len(closest)} other passages"
        more = f'<details class="fn-more"><summary>{label}</summary>{_list(closest)}</details>'
    return _section(answer, "", _list(cards) + more, latest)


def found_html(question: str, passages: Sequence[Hit], turn: int, reading: bool = True) -> str:
    """Return the panel's section of an answer that is not finished: the passages found."""
    cards = [_passage_card(hit, f"near-{turn}-{n}") for n, hit in enumerate(passages, 1)]
    note = "Reading these passages …" if reading else "The passages found before the answer ended."
    return _turn(question, f'<p class="fn-note">{note}</p>{_list(cards)}', True)


def highlights(spans: Iterable[tuple[int, int, int]], length: int) -> list[Highlight]:
    """Return stretches that do not overlap from ``(start, end, number)``, cut to ``0:length``."""
    kept = [(max(0, s), min(length, e), n) for s, e, n in spans if max(0, s) < min(length, e)]
    edges = sorted({edge for start, end, _ in kept for edge in (start, end)})
    stretches = []
    for start, end in zip(edges, edges[1:], strict=False):
        numbers = tuple(sorted({n for s, e, n in kept if s <= start and end <= e}))
        if numbers:
            stretches.append(Highlight(start, end, numbers))
    return stretches


def passage_html(text: str, stretches: Sequence[Highlight]) -> str:
    """Return a passage with its highlighted stretches in ``<mark>``."""
    parts, at = [], 0
    for stretch in stretches:
        parts.append(escape_html(text[at : stretch.start]))
        numbers = " ".join(map(str, stretch.numbers))
        words = escape_html(text[stretch.start : stretch.end])
        parts.append(f'<mark data-numbers="{numbers}">{words}</mark>')
        at = stretch.end
    return "".join((*parts, escape_html(text[at:])))


def _abstention_markdown(answer: Answer, turn: int) -> str:
    rest = answer.text.removeprefix(ABSTENTION).strip()
    lines = [f"**Not in your files.** {escape_markdown(ABSTENTION)}"]
    near = [
        f"- [{escape_markdown(place_of(hit))}](#near-{turn}-{number})"
        for number, hit in enumerate(answer.passages[:_CLOSEST], 1)
    ]
    if near:
        lines.append("The closest passages:\n" + "\n".join(near))
    elif rest:
        lines.append(escape_markdown(rest))
    return "\n\n".join(lines)


def _commands(message: str) -> Iterator[tuple[str, str]]:
    """Yield each stretch of an error and the command after it, which is "" at the end."""
    at = 0
    for found in _COMMAND.finditer(message):
        yield message[at : found.start()], found[1]
        at = found.end()
    yield message[at:], ""


def _strong(lead: str) -> str:
    """Set the exact answer in bold, its footnotes not."""
    words, link, marks = lead.partition(" [")
    return f"**{words}**{link}{marks}" if words else lead


def _linked(text: str, turn: int, numbers: set[int]) -> str:
    parts, at = [], 0
    for mark in _MARK.finditer(text):
        number = int(mark[1])
        if number in numbers:
            parts.append(_spaced(text[at : mark.start()]))
            parts.append(f"[&#91;{number}&#93;](#src-{turn}-{number})")
            at = mark.end()
    return "".join((*parts, _spaced(text[at:]))).strip()


def _spaced(text: str) -> str:
    """Escape a part of a line without losing the space that parts it from its neighbours."""
    inner = escape_markdown(text)
    return f"{' ' * text[:1].isspace()}{inner}{' ' * (bool(inner) and text[-1:].isspace())}"


def _joined(blocks: Sequence[str]) -> str:
    """Join paragraphs by a blank line and the items of a list by a line break."""
    text = ""
    for index, block in enumerate(blocks):
        within = index and _ITEM.match(block) and _ITEM.match(blocks[index - 1])
        text += ("\n" if within else "\n\n" if index else "") + block
    return text


def _citation_cards(answer: Answer, turn: int) -> tuple[list[str], set[tuple[str, str]]]:
    """One card a cited passage, in the order of its first number."""
    passages: dict[tuple[str, str], list[Citation]] = {}
    for citation in answer.citations:
        passages.setdefault((citation.file, citation.passage), []).append(citation)
    starts = {_key(hit): hit.passage.chunk.start for hit in answer.passages}
    cards = []
    for key, citations in passages.items():
        text = citations[0].passage
        spans = [_span(citation, starts.get(key)) for citation in citations]
        body = passage_html(text, highlights(spans, len(text)))
        numbers = "".join(_back_link(turn, citation.number) for citation in citations)
        anchors = "".join(
            f'<span id="src-{turn}-{citation.number}" class="fn-anchor"></span>'
            for citation in citations
        )
        cards.append(_card(citations[0], anchors, numbers, body))
    return cards, set(passages)


def _span(citation: Citation, passage_start: int | None) -> tuple[int, int, int]:
    """Where the quote stands in its passage; found by its words if the passage has no offset."""
    if passage_start is None:
        start = citation.passage.find(citation.quote)
        return max(0, start), start + len(citation.quote) if start >= 0 else 0, citation.number
    return citation.start - passage_start, citation.end - passage_start, citation.number


def _back_link(turn: int, number: int) -> str:
    return (
        f'<a class="fn-number" href="#ref-{turn}-{number}" '
        f'aria-label="Source {number}: back to the answer">{number}</a>'
    )


def _passage_card(hit: Hit, anchor: str) -> str:
    return _card(
        hit,
        f'<span id="{anchor}" class="fn-anchor"></span>',
        "",
        escape_html(hit.passage.chunk.text),
    )


def _card(source: Citation | Hit, anchors: str, numbers: str, body: str) -> str:
    file, page, heading = file_page_heading(source)
    page_html = f'<span class="fn-page">page {page}</span>' if page is not None else ""
    heading_html = f'<p class="fn-heading">{escape_html(heading)}</p>' if heading else ""
    return (
        f'<li class="fn-card" tabindex="-1">{anchors}<p class="fn-place">{numbers}'
        f'<span class="fn-file">{escape_html(file)}</span>{page_html}</p>{heading_html}'
        f'<blockquote dir="auto">{body}</blockquote></li>'
    )


def _section(answer: Answer, note: str, body: str, latest: bool) -> str:
    if answer.abstained:
        verdict = '<span class="fn-verdict" data-level="none">Not in your files</span>'
    else:
        level = confidence_level(answer.confidence)
        words = escape_html(confidence_words(answer.confidence).capitalize())
        verdict = f'<span class="fn-verdict" data-level="{level}">{words}</span>'
    copy = '<button type="button" class="fn-copy">Copy answer with sources</button>'
    plain = f'<pre class="fn-plain" hidden>{escape_html(plain_text(answer))}</pre>'
    note_html = f'<p class="fn-note">{escape_html(note)}</p>' if note else ""
    head = f'<div class="fn-bar">{verdict}{copy}</div>{plain}'
    return _turn(answer.question, head + note_html + body, latest)


def _turn(question: str, body: str, latest: bool) -> str:
    state = " open" if latest else ""
    return (
        f'<details class="fn-turn"{state}><summary dir="auto">{escape_html(question)}</summary>'
        f"{body}</details>"
    )


def plain_text(answer: Answer) -> str:
    """Return the answer and its numbered sources as plain text, to be copied elsewhere."""
    sources = [f"[{c.number}] {place_of(c)}: “{c.quote}”" for c in answer.citations]
    return "\n\n".join(part for part in (answer.text, "\n".join(sources)) if part)


def _list(cards: Sequence[str]) -> str:
    return f'<ol class="fn-cards">{"".join(cards)}</ol>' if cards else ""


def _key(hit: Hit) -> tuple[str, str]:
    return hit.passage.file, hit.passage.chunk.text
