"""The page in a browser: a real one, on a real server."""

import json
from pathlib import Path
from typing import Any

import pytest

from rag.wording import printable
from tests.ui.browser import Lines, Watched
from tests.ui.conftest import Visit, visit
from tests.ui.payloads import PAYLOADS
from tests.ui.scripted import MISSING

pytestmark = pytest.mark.browser

LIVE = (
    "img, script, iframe, object, embed, video, audio, form, link, meta, base, math, image, "
    "style:not(svg style)"
)
READ = (
    "#fn-chat .bot p",
    "#fn-chat .bot em",
    "#fn-chat .bot a",
    "#fn-sources mark",
    "#fn-sources blockquote",
    ".fn-heading",
    ".fn-verdict",
    ".fn-counts",
    "#fn-question .submit-button",
)


def test_a_page_without_a_library_opens_and_says_what_to_do(
    early_page: Visit, early_reply: str
) -> None:
    """The header and the reply name the command that makes the library."""
    assert "footnote ingest" in early_page.page.locator(".fn-header").inner_text()
    assert "footnote ingest" in early_reply


def test_an_answer_shows_its_source_with_the_quoted_words_marked(real_page: Visit) -> None:
    """The main job, from a folder of files to words highlighted in the open page."""
    reply = real_page.ask("How many days of annual leave does an employee have?")

    card = real_page.page.locator(".fn-card", has=real_page.page.locator("mark")).first
    assert "26 days" in reply
    assert "26 days" in "".join(card.locator("mark").all_inner_texts())
    assert card.locator(".fn-file").inner_text() == "leave.md"
    assert card.locator(".fn-heading").inner_text() == "Leave › Annual leave"
    real_page.page.get_by_text("3 documents").wait_for()


def test_a_footnote_leads_to_its_source_and_back(real_page: Visit) -> None:
    """Clicking [1] flashes the source and moves the focus; its number leads back."""
    page = real_page.page
    real_page.ask("How often is the oil of the engine changed?")

    page.get_by_role("link", name="Source 1", exact=True).last.click()

    focused = page.locator(".fn-card:focus")
    assert "twelve months" in "".join(focused.locator("mark.fn-flash").all_inner_texts())
    focused.get_by_role("link", name="Source 1: back to the answer").press("Enter")
    assert page.locator("#fn-chat a:focus").inner_text() == "[1]"


def test_asking_on_the_command_line_finds_the_same(
    real_page: Visit, watched: Watched, library: Path
) -> None:
    """``python -m rag --json`` on the library of the page."""
    question = "How often is the oil changed?"
    done = watched.run("-m", "rag", question, "--library", str(library), "--json")
    found = json.loads(done.stdout)

    assert (done.returncode, done.stderr) == (0, "")
    assert not found["abstained"]
    assert found["citations"][0]["file"] == "engine.md"
    assert "twelve months" in found["citations"][0]["quote"]


def test_nothing_leaves_the_machine(real_page: Visit, watched: Watched) -> None:
    """Neither the page nor ingest, chat and ask try to reach any other machine."""
    real_page.ask("What may a hotel room cost?")

    assert real_page.foreign == []
    assert watched.attempts() == []


def test_the_count_of_attempts_can_fail(tmp_path: Path) -> None:
    """The watcher notes and refuses a look-up."""
    watched = Watched(tmp_path)

    done = watched.run("-c", "import socket; socket.getaddrinfo('evil.invalid', 80)")

    assert done.returncode == 1
    assert watched.attempts() == ["socket.getaddrinfo evil.invalid"]


def test_what_the_files_do_not_hold_is_said_plainly(scripted_page: Visit) -> None:
    """Not in your files, with links to the closest passages."""
    page = scripted_page.page

    assert "Not in your files." in scripted_page.ask("nothing")
    page.get_by_role("link", name="travel.pdf, page 3").click()
    assert page.locator(".fn-card:focus .fn-file").inner_text() == "travel.pdf"


def test_stop_ends_the_answer(scripted_page: Visit) -> None:
    """The words so far stay, the work behind ends, and one can ask again."""
    page = scripted_page.page
    page.get_by_label("Your question").fill("slow")
    page.keyboard.press("Enter")
    page.get_by_text("word word word").wait_for()

    page.get_by_role("button", name="Stop").click()

    page.get_by_text("Stopped.").wait_for()
    assert scripted_page.lines.wait_for("stopped after")
    assert "26 days" in scripted_page.ask("How many days?")
    assert page.get_by_text("Stopped.").count() == 1


def test_a_closed_tab_ends_the_answer(chromium: Any, scripted_server: tuple[str, Lines]) -> None:
    """Nobody waits for the words, so none are made."""
    with visit(chromium, scripted_server) as opened:
        opened.page.get_by_label("Your question").fill("slow")
        opened.page.keyboard.press("Enter")
        opened.page.get_by_text("word word word").wait_for()

    assert opened.lines.wait_for("stopped after")


def test_an_example_is_asked_by_a_click(scripted_page: Visit) -> None:
    """The examples vanish once there is a conversation, and return with a new one."""
    page = scripted_page.page
    example = page.get_by_role("button", name="How many days?")

    example.click()
    page.get_by_role("link", name="Source 2", exact=True).first.wait_for()
    assert not example.is_visible()

    page.get_by_role("button", name="New conversation").click()
    example.wait_for()
    assert page.locator(".fn-card").count() == 0


def test_an_error_says_what_to_do(scripted_page: Visit) -> None:
    """The line of an error is the reply."""
    assert MISSING[1:].replace("`", "") in scripted_page.ask("missing")


def test_no_payload_is_live_in_the_browser(scripted_page: Visit) -> None:
    """Whatever a document holds, the page runs no code of it and asks nobody for anything."""
    page = scripted_page.page
    page.get_by_role("button", name=PAYLOADS[1]).wait_for()
    scripted_page.ask(PAYLOADS[0])
    scripted_page.ask("payloads")
    cited = page.locator("#fn-sources").inner_text()
    scripted_page.ask("payloads nowhere")

    live = page.evaluate(
        "(live) => [...document.querySelectorAll('#fn-chat, #fn-sources, #fn-head, #fn-examples')]"
        ".flatMap((part) => [...part.querySelectorAll(live)]).map((e) => e.outerHTML)",
        LIVE,
    )
    links = page.evaluate(
        "() => [...document.querySelectorAll('a')].map((link) => link.getAttribute('href'))"
    )
    assert live == []
    assert len(links) > 2 * len(PAYLOADS)
    assert {link[:1] for link in links} == {"#"}
    assert page.evaluate("window.hacked") is None
    assert (scripted_page.foreign, scripted_page.dialogs) == ([], [])
    assert page.url.partition("#")[0] == scripted_page.address
    missing = [payload for payload in PAYLOADS if words(printable(payload)) not in words(cited)]
    assert missing == []


def test_the_page_fits_a_desktop_and_can_be_read(scripted_page: Visit) -> None:
    """Nothing is wider than the window, and text stands out from its ground (WCAG AA)."""
    scripted_page.ask("How many days?")

    assert scripted_page.page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert {part: contrast(scripted_page.page, part) >= 4.5 for part in READ} == dict.fromkeys(
        READ, True
    )


def test_the_page_fits_a_phone_in_the_dark_and_can_be_read(
    chromium: Any, scripted_server: tuple[str, Lines]
) -> None:
    """The same on a narrow screen with dark colours."""
    phone = {"width": 390, "height": 844}
    with visit(chromium, scripted_server, viewport=phone, color_scheme="dark") as opened:
        opened.ask("How many days?")

        assert "dark" in opened.page.locator("body").get_attribute("class")
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= 390
        assert {part: contrast(opened.page, part) >= 4.5 for part in READ} == dict.fromkeys(
            READ, True
        )


def test_every_control_has_a_name(scripted_page: Visit) -> None:
    """Who cannot see the page hears what each field and button is for."""
    page = scripted_page.page
    scripted_page.ask("How many days?")

    nameless = page.evaluate(
        """() => [...document.querySelectorAll('button, textarea, a, summary')]
        .filter((e) => e.checkVisibility() && !(e.getAttribute('aria-label') || e.innerText.trim()))
        .map((e) => e.outerHTML)"""
    )
    assert nameless == []
    assert page.get_by_role("textbox", name="Your question").count() == 1
    assert page.get_by_role("heading", level=1).inner_text() == "Footnote"


def test_the_answer_can_be_reached_by_keyboard(scripted_page: Visit) -> None:
    """From the question backwards, Tab reaches the footnotes of the answer."""
    page = scripted_page.page
    scripted_page.ask("How many days?")
    page.get_by_label("Your question").focus()

    page.keyboard.press("Shift+Tab")
    assert page.locator("#fn-chat a:focus").inner_text() == "[2]"
    page.keyboard.press("Enter")

    assert page.locator(".fn-card:focus .fn-file").inner_text() == "leave.md"


def words(text: str) -> str:
    """Return the text without white space."""
    return "".join(text.split())


def contrast(page: Any, selector: str) -> float:
    """Return the contrast of an element's text with the ground below it, 1 to 21 (WCAG 2.1)."""
    ratio: float = page.evaluate(
        """(selector) => {
          const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
          const light = (colour) => channels(colour).slice(0, 3).map((c) => c / 255)
            .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
            .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
          const element = document.querySelector(selector);
          let ground = element;
          while (ground.parentElement &&
                 (channels(getComputedStyle(ground).backgroundColor)[3] ?? 1) < 1) {
            ground = ground.parentElement;
          }
          const pair = [light(getComputedStyle(element).color),
                        light(getComputedStyle(ground).backgroundColor)].sort((a, b) => b - a);
          return (pair[0] + 0.05) / (pair[1] + 0.05);
        }""",
        selector,
    )
    return ratio
