"""The chat page: a Gradio app around ``Conversation``. Loads Gradio only when a page is built."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ui import rendering
from ui.conversation import Conversation
from ui.lazy_assistant import LazyAssistant
from ui.server import HOST

if TYPE_CHECKING:
    from fastapi import FastAPI

STATIC = Path(__file__).parent / "static"
_MOST_TYPED = 100_000  # characters the field takes; what is too long is refused with the reason
_MOST_WAITING = 16  # questions in the queue
_EXAMPLES = 3
_ASK, _STOP = "Ask", "Stop"
_WELCOME = "## Ask your files\n\nEvery answer has footnotes to the exact words it rests on."
_PRIVATE = {"api_visibility": "private", "show_progress": "hidden"}


def build_page(assistant: LazyAssistant) -> Any:
    """Return the Gradio Blocks of the chat."""
    import gradio as gr

    with gr.Blocks(title="Footnote", fill_width=True, fill_height=True) as page:
        parts = _lay_out(gr, rendering.facts_html(assistant.facts()))
        _wire(gr, page, parts, assistant)
    page.queue(max_size=_MOST_WAITING, api_open=False)
    return page


def mount(app: "FastAPI", assistant: LazyAssistant, port: int) -> "FastAPI":
    """Mount the page at the root of ``app``."""
    import gradio as gr

    gr.mount_gradio_app(
        app,
        build_page(assistant),
        path="/",
        server_name=HOST,
        server_port=port,
        footer_links=[],
        run_history=False,
        allowed_paths=[],
        show_error=False,
        max_file_size="1kb",
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=_theme(gr),
        css_paths=STATIC / "chat.css",
        js=(STATIC / "chat.js").read_text(encoding="utf-8"),
    )
    return app


@dataclass(frozen=True, slots=True)
class _Parts:
    """The components of the page."""

    tab: Any
    head: Any
    chat: Any
    examples: list[Any]
    box: Any
    panel: Any
    clear: Any

    @property
    def shown(self) -> list[Any]:
        """Return what the conversation changes, in the order of ``_view``."""
        return [self.chat, self.panel, self.box, self.clear, *self.examples]


def _lay_out(gr: Any, head: str) -> _Parts:
    tab = gr.State(Conversation())
    header = gr.HTML(head, elem_id="fn-head", js_on_load=None)
    with gr.Row(elem_id="fn-main"):
        with gr.Column(elem_id="fn-talk", scale=3, min_width=320):
            chat = _chat(gr)
            with gr.Row(elem_id="fn-examples"):
                examples = [gr.Button(visible=False, size="sm") for _ in range(_EXAMPLES)]
            box = _question_box(gr)
        with gr.Column(elem_id="fn-side", scale=2, min_width=320):
            clear = gr.Button("New conversation", size="sm", elem_id="fn-clear", visible=False)
            panel = gr.HTML(rendering.NO_SOURCES, elem_id="fn-sources", js_on_load=None)
    return _Parts(tab, header, chat, examples, box, panel, clear)


def _chat(gr: Any) -> Any:
    """Return the conversation; HTML is sanitized, formulas and foreign tags are off."""
    return gr.Chatbot(
        label="Conversation",
        show_label=False,
        elem_id="fn-chat",
        height="100%",
        sanitize_html=True,
        latex_delimiters=[],
        allow_tags=False,
        buttons=[],
        feedback_options=None,
        layout="panel",
        placeholder=_WELCOME,
    )


def _question_box(gr: Any) -> Any:
    return gr.Textbox(
        label="Your question",
        show_label=False,
        container=False,
        placeholder="Ask a question about your files",
        lines=1,
        max_lines=8,
        max_length=_MOST_TYPED,
        submit_btn=_ASK,
        autofocus=True,
        elem_id="fn-question",
        html_attributes=gr.InputHTMLAttributes(autocomplete="off", enterkeyhint="send"),
    )


class _Handlers:
    """What happens at each event; all that is shown follows from the tab's conversation."""

    def __init__(self, gr: Any, assistant: LazyAssistant) -> None:
        self._gr, self._assistant = gr, assistant

    def ask(self, question: str, tab: Conversation) -> list[Any]:
        """Show the question at once; the field keeps it while another one waits."""
        taken = tab.ask(question)
        return _view(self._gr, tab, value="" if taken else question)

    def respond(self, tab: Conversation) -> Iterator[list[Any]]:
        """Stream the answer to the waiting question; being closed stops it."""
        for _ in tab.answer(self._assistant):
            yield _view(self._gr, tab)

    def stop(self, tab: Conversation) -> list[Any]:
        """End the waiting question where it is."""
        tab.stop()
        return _view(self._gr, tab)

    def restart(self, tab: Conversation) -> list[Any]:
        """Begin a new conversation."""
        tab.restart()
        return _view(self._gr, tab)

    def facts(self) -> str:
        """Return the header as the library is now."""
        return rendering.facts_html(self._assistant.facts())

    def suggest(self) -> list[Any]:
        """Fill the example buttons from the library; without one they stay hidden."""
        found = self._assistant.examples(_EXAMPLES)
        texts = (*found, *[""] * (_EXAMPLES - len(found)))
        return [self._gr.update(value=text, visible=bool(text)) for text in texts]


def _wire(gr: Any, page: Any, parts: _Parts, assistant: LazyAssistant) -> None:
    """Connect the events; one answer at a time in all tabs together.

    Stopping sets a flag that the answer watches: cancelling the event instead could lose a race
    against its last step and show that.
    """
    do = _Handlers(gr, assistant)
    one = {"concurrency_limit": 1, "concurrency_id": "answer", **_PRIVATE}
    for source in (parts.box, *parts.examples):
        trigger = source.submit if source is parts.box else source.click
        asked = trigger(do.ask, [source, parts.tab], parts.shown, queue=False, **_PRIVATE)
        answered = asked.then(do.respond, parts.tab, parts.shown, **one)
        answered.then(do.facts, None, parts.head, **_PRIVATE)
    parts.box.stop(do.stop, parts.tab, parts.shown, queue=False, **_PRIVATE)
    cleared = parts.clear.click(do.restart, parts.tab, parts.shown, queue=False, **_PRIVATE)
    cleared.then(do.suggest, None, parts.examples, **_PRIVATE)
    page.load(do.facts, None, parts.head, **_PRIVATE)
    page.load(do.suggest, None, parts.examples, **_PRIVATE)


def _view(gr: Any, tab: Conversation, **box: Any) -> list[Any]:
    """Return what the conversation looks like, in the order of ``_Parts.shown``."""
    messages = [{"role": role, "content": text} for role, text in tab.messages()]
    buttons = {"submit_btn": not tab.waiting and _ASK, "stop_btn": tab.waiting and _STOP}
    examples = [gr.update(visible=False) if messages else gr.skip()] * _EXAMPLES
    panel = tab.sources() or rendering.NO_SOURCES
    clear = gr.update(visible=bool(messages) and not tab.waiting)
    return [messages, panel, gr.update(**buttons, **box), clear, *examples]


def _theme(gr: Any) -> Any:
    """System fonts only: a named web font would be fetched from elsewhere."""
    return gr.themes.Base(
        font=["system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "sans-serif"],
        font_mono=["ui-monospace", "SF Mono", "Menlo", "Consolas", "monospace"],
        radius_size="sm",
        text_size="md",
    )
