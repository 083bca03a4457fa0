"""What was asked and answered in one tab."""

import copy
import itertools

from tests.ui.markup import LiveMarkup, shown_text
from tests.ui.samples import leave_answer
from tests.ui.scripted import ScriptedAssistant
from ui.conversation import SEARCHING, Conversation


def asked(question: str) -> Conversation:
    """Return a conversation with a waiting question."""
    conversation = Conversation()
    conversation.ask(question)
    return conversation


def answered(*questions: str) -> Conversation:
    """Return a conversation in which the scripted assistant answered the questions."""
    conversation, assistant = Conversation(), ScriptedAssistant()
    for question in questions:
        conversation.ask(question)
        list(conversation.answer(assistant))
    return conversation


def last_reply(conversation: Conversation) -> str:
    """Return the last message as a person reads it."""
    return shown_text(conversation.messages()[-1][1])


def test_a_question_shows_at_once() -> None:
    """The person sees the question and that something is going on."""
    conversation = asked("  How many days? ")

    assert conversation.waiting
    assert [shown_text(text) for _, text in conversation.messages()] == [
        "How many days?",
        "Searching your files …",
    ]


def test_sources_show_before_the_answer() -> None:
    """The passages found are in the panel while they are read."""
    conversation = asked("How many days?")

    next(conversation.answer(ScriptedAssistant()))

    assert "Leave is booked in the staff portal." in conversation.sources()


def test_the_panel_says_that_passages_are_being_read() -> None:
    """They are not presented as sources of an answer before there is one."""
    conversation = asked("slow")
    steps = conversation.answer(ScriptedAssistant())

    next(steps)

    assert conversation.messages()[-1] == ("assistant", SEARCHING)
    assert "Reading these passages" in conversation.sources()


def test_the_last_step_holds_the_answer() -> None:
    """The answer is linked to its sources, and the next question may be asked."""
    conversation = answered("How many days?")

    assert not conversation.waiting
    assert "(#src-1-2)" in conversation.messages()[-1][1]
    assert '<mark data-numbers="1 2">26 days</mark>' in conversation.sources()


def test_a_follow_up_carries_the_history() -> None:
    """The assistant gets the question and the plain answer before it."""
    conversation, assistant = answered("How many days?"), ScriptedAssistant()
    conversation.ask("And for others?")
    list(conversation.answer(assistant))

    assert assistant.asked == [("And for others?", (("How many days?", leave_answer().text),))]


def test_each_turn_has_anchors_of_its_own() -> None:
    """A footnote of the first answer leads to the first answer's source."""
    conversation = answered("How many days?", "How many days now?")

    assert "(#src-1-1)" in conversation.messages()[1][1]
    assert "(#src-2-1)" in conversation.messages()[3][1]
    assert 'id="src-1-1"' in conversation.sources()
    assert 'id="src-2-1"' in conversation.sources()


def test_only_the_newest_sources_are_open() -> None:
    """The newest answer is on top; older ones are folded."""
    sources = answered("How many days?", "nothing").sources()

    assert sources.startswith('<details class="fn-turn" open><summary dir="auto">Who won?')
    assert '<details class="fn-turn"><summary dir="auto">How many days?' in sources


def test_a_second_question_waits_for_the_first() -> None:
    """While an answer is on its way, asking changes nothing."""
    conversation = asked("one")

    assert not conversation.ask("two")
    assert len(conversation.messages()) == 2


def test_an_empty_question_is_no_question() -> None:
    """Pressing return in an empty field does nothing."""
    assert asked(" \n ").messages() == []


def test_a_long_question_is_shown_shortened() -> None:
    """A pasted book does not fill the page."""
    assert asked("a" * 100_000).messages()[0][1] == "a" * 1000 + " …"


def test_an_error_that_one_can_mend_is_the_reply() -> None:
    """A missing library says what to do, and one can ask again."""
    conversation = answered("missing")

    assert last_reply(conversation) == (
        "This did not work. No library in /nowhere: run footnote ingest FOLDER"
    )
    assert not conversation.waiting
    assert conversation.history() == []


def test_a_bug_does_not_leave_the_question_waiting() -> None:
    """An unexpected error is told, too, without its details."""
    conversation = answered("broken")

    assert "unexpected error" in last_reply(conversation)
    assert "a bug" not in last_reply(conversation)
    assert not conversation.waiting


def test_stopping_keeps_what_was_written() -> None:
    """The text so far stays and says that it was stopped."""
    conversation = asked("slow")
    steps = conversation.answer(ScriptedAssistant())
    list(itertools.islice(steps, 3))

    conversation.stop()

    assert last_reply(conversation) == "word word Stopped."
    assert not conversation.waiting


def test_stopping_ends_the_work_and_writes_no_answer() -> None:
    """After a stop nothing more is written, above all no answer that was not finished."""
    conversation, assistant = asked("slow"), ScriptedAssistant()
    steps = conversation.answer(assistant)
    list(itertools.islice(steps, 3))

    conversation.stop()
    list(steps)

    assert last_reply(conversation) == "word word Stopped."
    assert len(assistant.written) == 2
    assert conversation.history() == []


def test_a_late_step_does_not_touch_the_next_question() -> None:
    """What was stopped ends by itself while the next question already waits."""
    conversation = asked("slow")
    steps = conversation.answer(ScriptedAssistant())
    list(itertools.islice(steps, 3))
    conversation.stop()
    conversation.ask("How many days?")

    list(steps)

    assert conversation.waiting
    assert last_reply(conversation) == "Searching your files …"


def test_a_new_conversation_is_not_disturbed_by_the_old_one() -> None:
    """The last steps of an abandoned answer show nothing."""
    conversation = asked("slow")
    steps = conversation.answer(ScriptedAssistant())
    list(itertools.islice(steps, 3))

    conversation.restart()
    list(steps)

    assert (conversation.messages(), conversation.sources()) == ([], "")


def test_closing_the_tab_ends_the_work() -> None:
    """A closed iterator sets the stop signal that the models watch."""
    conversation = asked("slow")
    steps = conversation.answer(ScriptedAssistant())
    next(steps)

    steps.close()

    assert conversation.exchanges[-1].stop.is_set()
    assert not conversation.waiting


def test_a_stopped_question_keeps_its_passages() -> None:
    """What was found is still there to read."""
    conversation = asked("slow")
    next(conversation.answer(ScriptedAssistant()))
    conversation.stop()
    text = LiveMarkup(conversation.sources()).text

    assert "Leave is booked in the staff portal." in text
    assert "Reading these passages" not in text


def test_a_copy_is_empty() -> None:
    """Each tab begins with a copy of the page's conversation, never with another tab's words."""
    assert copy.deepcopy(answered("How many days?")).messages() == []
