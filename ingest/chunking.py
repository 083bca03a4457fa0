"""From a Document to chunks: whole sentences, within a section, bounded in the embedder's tokens.

Every character that is no blank lies in exactly one chunk; nothing is left to a model to cut off.
A table or code is cut between its lines only, and the rest of a cut table carries the header row
in its context. Small sections are joined with their neighbours under the same heading.
"""

import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ingest.packing import packed
from ingest.sections import CHARACTERS_PER_TOKEN, Piece, Section, sections
from ingest.types import Chunk, Document, Embedder

CHUNKING = "sections-of-sentences-1"
SMALL = 40  # tokens; a section below this is joined with a neighbour
CONTEXT_TOKENS = 40
_ARROW = " › "


def chunk_document(file: str, document: Document, embedder: Embedder, limit: int) -> list[Chunk]:
    """Return the chunks of a document in order.

    ``file`` is the path that ids depend on. No text has more than ``limit`` tokens, and no
    ``indexed_text`` more than ``embedder.max_tokens``.
    """
    chunker = _Chunker(document, embedder, limit)
    ends = [page.end for page in document.pages]
    seen: Counter[str] = Counter()
    chunks = []
    for path, context, start, end in chunker.cuts():
        text = document.text[start:end]
        index = bisect_right(ends, start)
        page = document.pages[index].number if index < len(ends) else None
        name = _identity(file, text, seen[text])
        seen[text] += 1
        chunks.append(Chunk(name, text, start, end, page, path, context))
    return chunks


def _identity(file: str, text: str, occurrence: int) -> str:
    """Return an id that only a change of the file's path or of the text itself changes."""
    key = f"{file}\0{occurrence}\0{text}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(key).digest()[:16].hex()


class _Chunker:
    """Cuts one document for one embedder."""

    def __init__(self, document: Document, embedder: Embedder, limit: int) -> None:
        self._document = document
        self._solids = sorted(document.solid, key=lambda span: span.start)
        self._token_spans = embedder.token_spans
        self._max_tokens = embedder.max_tokens
        self._context_tokens = min(CONTEXT_TOKENS, embedder.max_tokens // 4)
        self._limit = max(1, min(limit, embedder.max_tokens - 2 * self._context_tokens))

    def cuts(self) -> Iterator[tuple[tuple[str, ...], str, int, int]]:
        """Yield heading path, context, start and end of each chunk."""
        found = sections(self._document, self._token_spans, self._limit)
        for section in _joined(_with_bare_headings(found), self._limit):
            context = self._context(section.path)
            for run in packed(section.pieces, self._limit, SMALL):
                header = self._header(run[0])
                full = "\n".join(filter(None, (context, header)))
                for start, end in self._fitting(full, run[0].start, run[-1].end):
                    yield section.path, full, start, end

    def _fitting(self, context: str, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield a range, cut in two for as long as its tokens are too many.

        Tokens were counted in larger ranges; a tokenizer may count others where a text ends.
        """
        lead = f"{context}\n" if context else ""
        text = self._document.text[start:end]
        spans = self._token_spans(lead + text)
        own = sum(right > len(lead) for _, right in spans)
        if (own <= self._limit and len(spans) <= self._max_tokens) or len(text) < 2:
            yield start, end
            return
        cut = _middle(text)
        yield from self._fitting(context, start, start + len(text[:cut].rstrip()))
        rest = text[cut:]
        yield from self._fitting(context, end - len(rest.lstrip()), end)

    def _context(self, path: Sequence[str]) -> str:
        """Return title and heading path; outer headings go first where they are too long."""
        title = self._document.title
        below = [name for name in path if name.casefold() not in title.casefold()]
        while len(below) > 1 and self._is_long(_ARROW.join([title, *below])):
            del below[0]
        if below and self._is_long(_ARROW.join([title, *below])):
            title = self._shortened(title, self._context_tokens // 2)
        return self._shortened(_ARROW.join(filter(None, [title, *below])))

    def _header(self, piece: Piece) -> str:
        """Return the header row where ``piece`` is a later line of a table, else nothing."""
        if piece.solid is None:
            return ""
        solid = self._solids[piece.solid]
        if not self._document.text[solid.start : piece.start].strip():
            return ""
        first, _, rest = self._document.text[solid.start : solid.end].partition("\n")
        columns = first.count(" | ")
        if not columns or rest.partition("\n")[0].count(" | ") != columns:
            return ""
        return self._shortened(first)

    def _is_long(self, text: str) -> bool:
        return len(self._token_spans(text)) > self._context_tokens

    def _shortened(self, text: str, tokens: int = 0) -> str:
        """Return the beginning of a text, as many tokens as are given or fit into the context."""
        tokens = tokens or self._context_tokens
        text = text[: CHARACTERS_PER_TOKEN * tokens]
        spans = self._token_spans(text)
        return text if len(spans) <= tokens else text[: spans[tokens - 1][1]].rstrip()


def _middle(text: str) -> int:
    """Return where to cut a text in two: at the blank nearest before the middle, if any."""
    half = len(text) // 2
    blank = max(text.rfind(character, 1, half + 1) for character in " \n\t")
    return blank if blank > 0 and text[:blank].strip() else max(1, half)


def _with_bare_headings(found: Iterable[Section]) -> Iterator[Section]:
    """Yield the sections, a heading without text of its own at the head of what follows."""
    waiting: tuple[Piece, ...] = ()
    last: Section | None = None
    for section in found:
        if section.bare:
            waiting += section.pieces
            last = section
            continue
        yield Section(section.path, waiting + section.pieces, bare=False)
        waiting = ()
    if waiting and last is not None:
        yield Section(last.path, waiting, bare=True)


def _joined(found: Iterable[Section], limit: int) -> Iterator[Section]:
    """Yield the sections, small ones joined with the neighbour where both fit into ``limit``."""
    open_section: Section | None = None
    for section in found:
        if open_section is None:
            open_section = section
        elif _belong_together(open_section, section, limit):
            path = open_section.path or section.path
            open_section = Section(path, open_section.pieces + section.pieces, bare=False)
        else:
            yield open_section
            open_section = section
    if open_section is not None:
        yield open_section


def _belong_together(first: Section, second: Section, limit: int) -> bool:
    """Tell whether two sections make one chunk: one is small and they share a parent."""
    parent = first.path[:-1]
    return (
        min(first.tokens, second.tokens) < SMALL
        and first.tokens + second.tokens <= limit
        and len(second.path) >= len(first.path)
        and second.path[: len(parent)] == parent
    )
