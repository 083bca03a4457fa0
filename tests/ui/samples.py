"""Answers for the tests of the page, built by hand."""

from collections.abc import Sequence

from ingest.types import Chunk, Passage
from rag.types import Answer, Citation, Hit

LEAVE = (
    "Every employee has 26 days of paid annual leave. Leave is booked in the staff portal. "
    "Five days may be carried over."
)
HOTEL = "Hotel rooms cost at most 140 euros a night.\nIn London the limit is 210 euros."


def hit(
    file: str, text: str, start: int = 0, page: int | None = None, heading: tuple[str, ...] = ()
) -> Hit:
    """Return a passage as a search finds it."""
    chunk = Chunk(f"{file}:{start}", text, start, start + len(text), page, heading, "")
    return Hit(Passage(start, file, file, chunk), {"fused": 1.0})


def citation(number: int, source: Hit, quote: str) -> Citation:
    """Return the citation of ``quote``, which must stand in the passage."""
    chunk = source.passage.chunk
    start = chunk.start + chunk.text.index(quote)
    heading = " › ".join(chunk.heading)
    return Citation(
        number,
        source.passage.file,
        chunk.page,
        heading,
        quote,
        start,
        start + len(quote),
        chunk.text,
        0.9,
    )


LEAVE_HIT = hit("leave.md", LEAVE, 100, heading=("Leave", "Annual leave"))
HOTEL_HIT = hit("travel.pdf", HOTEL, 2000, page=3, heading=("Hotels",))


def leave_answer() -> Answer:
    """Return an answer with a lead, a sentence, two citations and one more passage."""
    cited = (
        citation(1, LEAVE_HIT, "26 days"),
        citation(2, LEAVE_HIT, "Every employee has 26 days of paid annual leave."),
    )
    text = "26 days [1]\n\nEvery employee has 26 days of paid annual leave. [2]"
    return Answer("How many days?", text, False, 0.87, cited, (LEAVE_HIT, HOTEL_HIT))


def abstention() -> Answer:
    """Return an abstention with two closest passages."""
    text = "I could not find the answer in your files. The closest passages are in leave.md."
    return Answer("Who won?", text, True, 0.1, (), (LEAVE_HIT, HOTEL_HIT))


def hostile_answer(texts: Sequence[str], abstained: bool = False) -> Answer:
    """Return an answer that holds each text in every place where documents can put it."""
    question, sources, citations = " ".join(texts), [], []
    for number, text in enumerate(texts, 1):
        sources.append(hit(text, text, 1000 * number, number, (text, text)))
        citations.append(citation(number, sources[-1], text))
        sources.append(hit(text, f"{text} other", 1000 * number + 500, None, (text,)))
    if abstained:
        return Answer(question, question, True, 0.1, (), tuple(sources))
    marked = "\n".join(f"{text} [{number}]" for number, text in enumerate(texts, 1))
    return Answer(question, marked, False, 0.9, tuple(citations), tuple(sources))
