"""Text that looks like markup stays text."""

from rag.wording import printable
from tests.ui.markup import LiveMarkup, foreign_html, foreign_markdown, shown_text
from tests.ui.payloads import PAYLOADS
from ui.escaping import escape_html, escape_markdown


def test_html_shows_a_payload_as_its_own_text() -> None:
    """Nothing of a payload is live, and nothing of it is lost."""
    for payload in PAYLOADS:
        live = LiveMarkup(f"<p>{escape_html(payload)}</p>")

        assert (live.tags, live.text) == ({"p"}, printable(payload))


def test_html_attributes_hold_a_payload() -> None:
    """A payload in a quoted attribute cannot add another one."""
    for payload in PAYLOADS:
        html = f'<p title="{escape_html(payload)}">x</p>'

        assert foreign_html(html) == set()
        assert LiveMarkup(html).attributes == {"title"}


def test_html_never_holds_a_sign_of_a_template_language() -> None:
    """The page's components evaluate templates, so their signs may not pass."""
    for payload in PAYLOADS:
        assert not set("{}$`") & set(escape_html(payload))


def test_markdown_shows_a_payload_as_its_own_text() -> None:
    """A payload is one paragraph of plain words."""
    for payload in PAYLOADS:
        markdown = escape_markdown(payload)

        assert foreign_markdown(markdown) == set()
        assert shown_text(markdown) == " ".join(printable(payload).split())


def test_markdown_keeps_letters_of_all_scripts_readable() -> None:
    """Only ASCII punctuation is written as references."""
    assert escape_markdown("Größe 中文 \ufeffnaïve") == "Größe 中文 naïve"


def test_the_checks_see_live_markup() -> None:
    """Unescaped, nearly every payload is found by one of the two checks."""
    unseen = [
        payload
        for payload in PAYLOADS
        if not foreign_html(payload) and not foreign_markdown(payload)
    ]

    assert len(unseen) <= 5, unseen
