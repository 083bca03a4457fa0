"""A stand-in for the assistant that answers from a script, and a server around it.

``python -m tests.ui.scripted`` serves the real page with it, prints the address, and writes a line
for each answer that was stopped.
"""

import threading
from collections.abc import Iterator, Sequence

from ingest.config import go_offline
from ingest.errors import LibraryMissing
from rag.types import Answer, Event, Turn
from tests.ui.payloads import PAYLOADS
from tests.ui.samples import abstention, hostile_answer, leave_answer
from ui import app, server
from ui.facts import LibraryFacts

MISSING = "no library in /nowhere: run `footnote ingest FOLDER`"


class ScriptedAssistant:
    """What it does depends on the question alone.

    "slow" streams a word every tenth of a second, "missing" and "broken" fail, "nothing" abstains,
    "payloads" answers with every payload in every place, "payloads nowhere" abstains with them;
    anything else gets the answer about leave.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[Turn, ...]]] = []
        self.written: list[str] = []

    def facts(self) -> LibraryFacts:
        """Return facts of a library that does not exist, in a folder of a hostile name."""
        return LibraryFacts("/lib", f"/papers/{PAYLOADS[0]}", 2, 3, "scripted")

    def examples(self, count: int) -> list[str]:
        """Return one harmless and some hostile questions."""
        return ["How many days?", PAYLOADS[1], PAYLOADS[4]][:count]

    def stream(
        self, question: str, history: Sequence[Turn], *, stop: threading.Event
    ) -> Iterator[Event]:
        """Yield what the question asks for."""
        self.asked.append((question, tuple(history)))
        if question == "missing":
            raise LibraryMissing(MISSING)
        answer = self._answer(question)
        yield Event("sources", passages=answer.passages)
        if question == "broken":
            raise RuntimeError("a bug")
        if question == "slow":
            yield from self._slowly(stop)
            return
        yield Event("text", text=answer.text)
        stop.set()
        yield Event("answer", answer=answer)

    def _answer(self, question: str) -> Answer:
        if question.startswith("payloads"):
            return hostile_answer(PAYLOADS, "nowhere" in question)
        return abstention() if question == "nothing" else leave_answer()

    def _slowly(self, stop: threading.Event) -> Iterator[Event]:
        count = 0
        try:
            while not stop.wait(0.1):
                count += 1
                self.written.append("word")
                yield Event("text", text="word " * count)
        finally:
            print(f"stopped after {count} words", flush=True)  # noqa: T201


def main() -> None:
    """Serve the page until killed."""
    go_offline()
    listener = server.listen(0)
    port = listener.getsockname()[1]
    application = app.mount(server.guarded(), ScriptedAssistant(), port)
    print(f"at http://127.0.0.1:{port}/", flush=True)  # noqa: T201
    server.serve(application, listener)


if __name__ == "__main__":
    main()
