"""The browser and the servers of the page's tests, each started once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.ui.browser import ARGUMENTS, CHROMIUM, PATIENCE, Lines, Watched, served

DOCUMENTS = {
    "leave.md": "# Leave\n\n## Annual leave\n\nEvery employee has 26 days of paid annual leave. "
    "Leave is booked in the staff portal.\n",
    "travel.html": "<html><head><title>Travel</title></head><body><h1>Travel</h1><h2>Hotels</h2>"
    "<p>A hotel room may cost at most 140 euros a night. <img src='http://evil.invalid/x.png'></p>"
    "<p>&lt;script&gt;window.hacked = 1&lt;/script&gt;</p></body></html>",
    "engine.md": "# Engine\n\n## Oil\n\nThe oil of the engine is changed every twelve months.\n",
}


@dataclass
class Visit:
    """A page in the browser, what it asked for elsewhere, and what was printed by its server."""

    page: Any
    address: str
    lines: Lines
    foreign: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def ask(self, question: str) -> str:
        """Ask a question, wait until the answer stands, and return it as it reads."""
        questions = self.page.locator("#fn-chat .user-row")
        count = questions.count()
        self.page.get_by_label("Your question").fill(question)
        self.page.keyboard.press("Enter")
        questions.nth(count).wait_for()
        self.page.get_by_role("button", name="Ask", exact=True).wait_for()
        reply: str = self.page.locator("#fn-chat .bot.message").last.inner_text()
        return reply

    def fresh(self) -> "Visit":
        """Begin a new conversation if there is one already."""
        button = self.page.get_by_role("button", name="New conversation")
        if button.is_visible():
            button.click()
            self.page.get_by_text("Ask your files").wait_for()
        return self


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Return a headless Chromium; the test is skipped where there is none."""
    if not CHROMIUM.exists():
        pytest.skip(f"there is no Chromium at {CHROMIUM}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def scripted_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Lines]]:
    """Serve the page with the scripted assistant."""
    watched = Watched(tmp_path_factory.mktemp("scripted"))
    with served(["-m", "tests.ui.scripted"], watched.environment) as server:
        yield server


@pytest.fixture(scope="session")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """Return the environment in which the real commands run."""
    return Watched(tmp_path_factory.mktemp("watched"))


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the place of a library that does not exist yet."""
    return tmp_path_factory.mktemp("place") / "library"


@pytest.fixture(scope="session")
def early_page(chromium: Any, watched: Watched, library: Path) -> Iterator[Visit]:
    """Open the page of the real command before there is a library."""
    arguments = ["-m", "ui", "--library", str(library), "--no-browser"]
    with served(arguments, watched.environment) as server, visit(chromium, server) as opened:
        opened.page.locator(".fn-problem").wait_for()
        yield opened


@pytest.fixture(scope="session")
def early_reply(early_page: Visit) -> str:
    """Ask that page a question before there is a library."""
    return early_page.ask("How many days of leave does an employee have?")


@pytest.fixture(scope="session")
def real_page(
    early_page: Visit,
    early_reply: str,
    watched: Watched,
    library: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Visit:
    """Ingest three documents by the real command while the page is open."""
    folder = tmp_path_factory.mktemp("documents")
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text)
    done = watched.run("-m", "ui.command", "ingest", str(folder), "--library", str(library))
    assert done.returncode == 0, done.stderr
    return early_page


@pytest.fixture(scope="session")
def scripted_visit(chromium: Any, scripted_server: tuple[str, Lines]) -> Iterator[Visit]:
    """Open the page of the scripted assistant at the size of a desktop."""
    with visit(chromium, scripted_server, color_scheme="light") as opened:
        yield opened


@pytest.fixture
def scripted_page(scripted_visit: Visit) -> Visit:
    """Return that page with a new conversation."""
    return scripted_visit.fresh()


@contextmanager
def visit(chromium: Any, server: tuple[str, Lines], **settings: Any) -> Iterator[Visit]:
    """Open a page in a fresh profile and note what it asks for."""
    address, lines = server
    settings.setdefault("viewport", {"width": 1280, "height": 800})
    context = chromium.new_context(**settings)
    context.set_default_timeout(PATIENCE * 1000)
    opened = Visit(context.new_page(), address, lines)

    def note(request: Any) -> None:
        if not request.url.startswith((address, "data:", "blob:")):
            opened.foreign.append(request.url)

    context.on("request", note)
    opened.page.on("dialog", lambda dialog: opened.dialogs.append(dialog.message))
    opened.page.goto(address)
    opened.page.get_by_label("Your question").wait_for()
    try:
        yield opened
    finally:
        context.close()
