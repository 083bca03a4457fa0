"""An assistant that is opened when first needed, and again after its library failed.

So the page opens while a library is missing or empty, and works as soon as there is one.
"""

import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from ingest.config import Settings
from ingest.errors import FootnoteError, LibraryError, LibraryMissing
from ingest.library import Library
from ingest.library_folder import DATABASE
from rag.assistant import Assistant
from rag.examples import example_questions
from rag.types import Event, Turn
from ui.facts import LibraryFacts, empty_message, library_facts


class LazyAssistant:
    """Streams answers one at a time, since the models are not shared by two answers at once."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._assistant: Assistant | None = None
        self._identity: tuple[int, int] | None = None
        self._opening = threading.Lock()
        self._answering = threading.Lock()

    def facts(self) -> LibraryFacts:
        """Return what the library holds at this moment."""
        return library_facts(self.settings.library, self.settings.embedder)

    def warm_up(self) -> None:
        """Load the models in the background, so that the first question need not wait."""
        threading.Thread(target=self._try_opening, daemon=True).start()

    def examples(self, count: int) -> list[str]:
        """Return questions drawn from the library; none while it cannot be opened."""
        try:
            with Library.open(self.settings.library) as library:
                return example_questions(library, count)
        except FootnoteError:
            return []

    def stream(
        self, question: str, history: Sequence[Turn], *, stop: threading.Event
    ) -> Iterator[Event]:
        """Stream an answer; waits for the answer before it.

        Raises LibraryMissing for an empty library, and what ``Assistant.open`` and
        ``Assistant.stream`` raise.
        """
        with self._answering:
            if stop.is_set():
                return
            assistant = self._opened()
            try:
                if not assistant.library.counts()[1]:
                    raise LibraryMissing(empty_message(self.settings.library))
                yield from assistant.stream(question, history, stop=stop)
            except LibraryError:
                self.close()
                raise

    def close(self) -> None:
        """Close the library; the next question opens it again."""
        with self._opening:
            self._drop()

    def _opened(self) -> Assistant:
        """Return the assistant, opened anew if another library lies in the old one's place."""
        with self._opening:
            if self._assistant is None or _identity(self.settings.library) != self._identity:
                self._drop()
                Library.open(self.settings.library).close()  # says so before the models load
                self._identity = _identity(self.settings.library)
                self._assistant = Assistant.open(**dict(self.settings))
            return self._assistant

    def _drop(self) -> None:
        assistant, self._assistant = self._assistant, None
        if assistant is not None:
            assistant.close()

    def _try_opening(self) -> None:
        with suppress(FootnoteError):
            self._opened()


def _identity(library: Path) -> tuple[int, int] | None:
    """Tell a library from one that was made later at the same place."""
    try:
        found = (library / DATABASE).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
