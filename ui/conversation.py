"""What was asked and answered in one browser tab.

Knows nothing of Gradio; a message is ``(role, Markdown)``. One thread may write an answer while
another stops it: whatever is shown is drawn from the conversation as it is at that moment.
"""

import logging
import threading
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, Self

from ingest.errors import FootnoteError
from rag.types import Answer, Event, Hit, Turn
from ui import rendering

Role = Literal["user", "assistant"]

SEARCHING = "*Searching your files …*"
STOPPED = "*Stopped.*"
UNEXPECTED = "an unexpected error; the terminal that runs `footnote chat` says more"
_log = logging.getLogger(__name__)
_LONGEST_SHOWN = 1000  # characters of a question in the chat
_PANELS = 20  # answers whose sources stay in the panel


class Answering(Protocol):
    """Anything that streams answers, as ``rag.assistant.Assistant`` does."""

    def stream(
        self, question: str, history: Sequence[Turn], *, stop: threading.Event
    ) -> Iterator[Event]:
        """Yield the sources, the text as it grows, and the answer last; end early on ``stop``."""
        ...


@dataclass(slots=True)
class Exchange:
    """A question and what is known of its answer; nothing of it changes once it has ended.

    ``reply`` is the Markdown shown so far; ``stop`` is set to end the answer early.
    """

    question: str
    turn: int
    reply: str = SEARCHING
    passages: tuple[Hit, ...] = ()
    answer: Answer | None = None
    ended: bool = False
    stop: threading.Event = field(default_factory=threading.Event)

    def take(self, event: Event) -> None:
        """Take in a step of the answer."""
        if event.kind == "sources":
            self.passages = event.passages
        elif event.kind == "text":
            self.reply = rendering.text_markdown(event.text, self.turn, range(1, 100))
        elif event.answer is not None:
            self.answer = event.answer
            self.end(rendering.answer_markdown(event.answer, self.turn))

    def end(self, reply: str) -> None:
        """End with this reply."""
        self.reply, self.ended = reply, True


class Conversation:
    """The exchanges of one tab, oldest first."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self._lock = threading.Lock()

    def __deepcopy__(self, memo: object) -> Self:
        """Return an empty conversation: each tab begins with a copy of the page's own."""
        return type(self)()

    @property
    def waiting(self) -> bool:
        """Whether the last question has no answer yet."""
        return bool(self.exchanges) and not self.exchanges[-1].ended

    def ask(self, question: str) -> bool:
        """Add a question; False if it is empty or another one waits."""
        with self._lock:
            if self.waiting or not question.strip():
                return False
            self.exchanges.append(Exchange(question.strip(), len(self.exchanges) + 1))
            return True

    def answer(self, assistant: Answering) -> Generator[None]:
        """Answer the waiting question; yield after each change, and once more at the end.

        An error that a user can act upon becomes the reply. Closing the iterator stops the answer.
        """
        if not self.waiting:
            return
        exchange, history = self.exchanges[-1], self.history()
        try:
            for event in assistant.stream(exchange.question, history, stop=exchange.stop):
                with self._lock:
                    if exchange.ended:
                        break
                    exchange.take(event)
                yield
        except FootnoteError as error:
            self._end(exchange, rendering.error_markdown(str(error)))
        except Exception:
            _log.exception("an answer failed")
            self._end(exchange, rendering.error_markdown(UNEXPECTED))
        finally:
            self._stop(exchange)
        yield

    def stop(self) -> None:
        """End the waiting question where it is."""
        if self.waiting:
            self._stop(self.exchanges[-1])

    def restart(self) -> None:
        """Stop and forget everything."""
        self.stop()
        self.exchanges = []

    def _stop(self, exchange: Exchange) -> None:
        self._end(exchange, f"{exchange.reply.removeprefix(SEARCHING)}\n\n{STOPPED}".strip())

    def _end(self, exchange: Exchange, reply: str) -> None:
        with self._lock:
            if not exchange.ended:
                exchange.end(reply)
            exchange.stop.set()

    def history(self) -> list[Turn]:
        """Return the answered questions, for follow-ups."""
        return [(e.question, e.answer.text) for e in self.exchanges if e.answer]

    def messages(self) -> list[tuple[Role, str]]:
        """Return all messages of the chat as Markdown."""
        messages: list[tuple[Role, str]] = []
        for exchange in self.exchanges:
            messages.append(("user", rendering.text_markdown(_clipped(exchange.question), 0)))
            messages.append(("assistant", exchange.reply))
        return messages

    def sources(self) -> str:
        """Return the sources panel, the newest answer first and open."""
        known = [e for e in self.exchanges if e.answer or e.passages]
        newest = len(self.exchanges)
        return "".join(_panel(e, e.turn == newest) for e in reversed(known[-_PANELS:]))


def _panel(exchange: Exchange, newest: bool) -> str:
    if exchange.answer:
        return rendering.sources_html(exchange.answer, exchange.turn, newest)
    return rendering.found_html(
        exchange.question, exchange.passages, exchange.turn, not exchange.ended
    )


def _clipped(question: str) -> str:
    return question if len(question) <= _LONGEST_SHOWN else question[:_LONGEST_SHOWN] + " …"
