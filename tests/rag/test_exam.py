"""Exams: reading the questions, judging answers, summing up and reporting."""

import json
import math
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from rag.errors import ExamError
from rag.evaluation.exam import Group, Score, sit, summarise
from rag.evaluation.judging import (
    Mark,
    Source,
    is_relevant,
    judge,
    judge_ranking,
    overlap,
    plain,
    short_answer,
)
from rag.evaluation.questions import ExamQuestion, Side, check_files, read_questions
from rag.evaluation.report import as_json, mistakes, table
from rag.types import Answer, Citation, Hit, Turn
from tests.rag.passages import make_hit

QUOTE = "Staff receive 27 working days of paid leave each year."
LEAVE = ExamQuestion("q1", "How many days off?", ("27", "27 days"), ("leave.md",), QUOTE)
NOWHERE = ExamQuestion("q2", "Who founded it?", (), type="unanswerable")
FORMER = "Full-time employees had 25 days of leave."
DISPUTED = ExamQuestion(
    "q4",
    "How many days off?",
    ("27 days", "27 working days"),
    ("leave.md",),
    QUOTE,
    "contradiction",
    others=("25 days",),
    other_files=("old.md",),
    other_quote=FORMER,
)


def question_line(**changes: object) -> str:
    """Return a line of a questions file."""
    fields: dict[str, object] = {
        "id": "q1",
        "question": "How many days off?",
        "answers": ["27"],
        "files": ["leave.md"],
        "quote": QUOTE,
        "type": "fact",
    }
    return json.dumps(fields | changes)


def disputed_line(**changes: object) -> str:
    """Return a line on which two documents contradict each other."""
    other = {"others": ["25"], "other_files": ["old.md"], "other_quote": FORMER}
    return question_line(**{"id": "q9", "type": "contradiction"} | other | changes)


def make_citation(file: str, quote: str, number: int = 1) -> Citation:
    """Return a citation of a file."""
    return Citation(number, file, None, "", quote, 0, len(quote), quote, 0.9)


def make_answer(
    text: str,
    confidence: float | None = 0.9,
    citations: Sequence[Citation] = (),
    passages: Sequence[Hit] = (),
    abstained: bool = False,
) -> Answer:
    """Return an answer."""
    return Answer("?", text, abstained, confidence, tuple(citations), tuple(passages))


def give(question: ExamQuestion, text: str, **fields: object) -> Mark:
    """Return the mark of an answer with this text."""
    return judge(question, make_answer(text, **fields), seconds=0.5)  # type: ignore[arg-type]


RIGHT = "27 working days [1]\n\nStaff receive 27 working days of paid leave each year. [1]"


def test_questions_keep_order_history_and_all_fields(tmp_path: Path) -> None:
    """A follow-up's history arrives as pairs; blank lines are passed over."""
    path = tmp_path / "questions.jsonl"
    follow_up = question_line(id="q2", type="followup", history=[["Leave?", "Yes. [1]"]])
    path.write_text(f"{question_line()}\n\n{follow_up}\n", encoding="utf-8")

    first, second = read_questions(path)

    assert first == ExamQuestion("q1", "How many days off?", ("27",), ("leave.md",), QUOTE, "fact")
    assert second.history == (("Leave?", "Yes. [1]"),)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("nonsense", "JSON"),
        ('{"id": "q9", "answers": ["27"]}', "'question'"),
        (question_line(answers="27"), "'answers'"),
        (question_line(id="q9", fiels=["a.md"]), "'fiels'"),
        (question_line(id="q9", history=[["alone"]]), "'history.0"),
        (question_line(), "'q1' was used before"),
        (question_line(id="q9", question=" "), "question is empty"),
        (question_line(id="q9", answers=[""]), "accepted answer is empty"),
        (question_line(id="q9", type="unanswerable"), "has accepted answers"),
        (question_line(id="q9", answers=[]), "must be unanswerable"),
        (question_line(id="q9", files=[]), "names no file"),
        (question_line(id="q9", others=["25"]), "must be contradiction"),
        (question_line(id="q9", other_quote="It was 25."), "must be contradiction"),
        (question_line(id="q9", type="contradiction", others=["25"]), "no other_files"),
        (disputed_line(others=[""]), "accepted answer is empty"),
        (disputed_line(other_files=["leave.md"]), "share a file"),
        (disputed_line(others=["27 days"]), "contains one of the other"),
        (disputed_line(answers=["27 days of leave"], others=["27 days"]), "contains one"),
    ],
)
def test_bad_line_is_named_with_its_number(tmp_path: Path, line: str, problem: str) -> None:
    """The third line is at fault, and the error says so and why, in one line."""
    path = tmp_path / "questions.jsonl"
    path.write_text(f"{question_line()}\n\n{line}\n", encoding="utf-8")

    with pytest.raises(ExamError) as caught:
        read_questions(path)

    message = str(caught.value)
    assert message.startswith(f"line 3 of {path}")
    assert problem in message
    assert "\n" not in message


def test_question_on_a_contradiction_has_two_sides(tmp_path: Path) -> None:
    """What the other document says arrives beside the answers, and either is accepted."""
    path = tmp_path / "questions.jsonl"
    path.write_text(disputed_line(), encoding="utf-8")

    (question,) = read_questions(path)

    assert question.accepted == ("27", "25")
    assert question.sides == (
        Side(("27",), ("leave.md",), QUOTE),
        Side(("25",), ("old.md",), FORMER),
    )


@pytest.mark.parametrize(
    ("content", "problem"),
    [(None, "No such file"), (b"\n \n", "holds no question"), (b"\xff\xfe\x00", "UTF-8")],
)
def test_unusable_questions_file_is_one_clear_error(
    tmp_path: Path, content: bytes | None, problem: str
) -> None:
    """Missing, empty, or not text."""
    path = tmp_path / "questions.jsonl"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ExamError, match=problem):
        read_questions(path)


def test_question_about_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """Else the exam would count each such question as not found."""
    (tmp_path / "leave.md").write_text("27 days", encoding="utf-8")
    check_files([LEAVE, NOWHERE], tmp_path)
    other = ExamQuestion("q3", "?", ("x",), ("gone.md",))

    with pytest.raises(ExamError, match=r"'q3' names the file 'gone.md'"):
        check_files([LEAVE, other], tmp_path)
    with pytest.raises(ExamError, match=r"'q4' names the file 'old.md'"):
        check_files([DISPUTED], tmp_path)


@pytest.mark.parametrize(
    ("first", "second", "shared"),
    [
        (QUOTE, "STAFF receive 27 working days", True),
        ("before it. " + QUOTE + " after it.", QUOTE, True),
        ("It is 27 working days of paid leave or more", QUOTE, True),
        ("1. Staff receive 27 working days 2. of paid leave, and more", QUOTE, True),
        ("Staff receive 27 or more in kind, of working days or of others", QUOTE, False),
        ("paid each year by 27 staff", QUOTE, False),
        ("it is", "is it so that", False),
        ("4 22", "days: 4 22 per week", True),
        ("", QUOTE, False),
    ],
)
def test_overlap_needs_a_run_of_words(first: str, second: str, shared: bool) -> None:
    """The same words in another order, or a single stop word, are no overlap."""
    assert overlap(first, second) is shared
    assert overlap(second, first) is shared


def test_plain_evens_out_typography() -> None:
    """Citation numbers, ligatures, curly quotes, hard spaces and dashes make no difference."""
    assert plain("the o\ufb03ce\u2019s 9\u201317\u00a0h [1][2, 3] [4-6].") == "the office's 9-17 h."


def test_short_answer_is_the_first_paragraph() -> None:
    """What stands before the blank line; a list without one is short as a whole."""
    assert short_answer(RIGHT) == "27 working days"
    assert short_answer("- waders [1]\n- a radio [2]") == "- waders\n- a radio"


def test_passage_is_relevant_only_with_file_and_words() -> None:
    """The words in another file, or the file with other words, are not enough."""
    assert is_relevant(LEAVE, Source("leave.md", "Everyone has 27 days."))
    assert is_relevant(LEAVE, Source("leave.md", "working days of paid leave each year"))
    assert not is_relevant(LEAVE, Source("other.md", QUOTE))
    assert not is_relevant(LEAVE, Source("leave.md", "Sick days are another matter."))


def test_ranking_is_judged_by_its_first_relevant_passage() -> None:
    """A relevant passage at rank 3: not among the first, among five, nDCG 1 / log2(4)."""
    ranked = [Source("leave.md", "Sick notes."), Source("b.md", QUOTE), Source("leave.md", QUOTE)]

    result = judge_ranking(LEAVE, ranked)

    assert (result.recall_1, result.recall_5, result.recall_10) == (0.0, 1.0, 1.0)
    assert result.files_5 == 1.0
    assert result.ndcg_10 == pytest.approx(0.5)


def test_each_file_gains_once_in_a_ranking() -> None:
    """Two passages of the first file and one of the second: 1/log2(2) and 1/log2(4) count."""
    question = ExamQuestion("q", "?", ("27",), ("a.md", "b.md"))
    ranked = [Source("a.md", "27"), Source("a.md", "27 again"), Source("b.md", "27")]

    result = judge_ranking(question, ranked)

    assert result.ndcg_10 == pytest.approx((1 + 0.5) / (1 + 1 / math.log2(3)))


def test_passages_beyond_the_tenth_do_not_count() -> None:
    """A relevant passage at rank 11 is not found."""
    ranked = [Source("leave.md", "nothing here")] * 10 + [Source("leave.md", QUOTE)]

    assert judge_ranking(LEAVE, ranked).recall_10 == 0.0


def test_right_answer_with_a_right_and_a_wrong_citation() -> None:
    """All figures of one answer, worked out by hand."""
    mark = give(
        LEAVE,
        RIGHT,
        citations=[make_citation("leave.md", QUOTE), make_citation("b.md", QUOTE, 2)],
        passages=[make_hit(QUOTE, "leave.md")],
    )

    assert mark.right and mark.contained and mark.supported
    assert mark.exact == 0.0
    assert mark.short_f1 == pytest.approx(0.8)
    assert mark.citations_right == 1
    assert mark.retrieval.recall_1 == 1.0


def test_answer_close_in_words_is_right_without_containing() -> None:
    """Half of the words are enough, in whatever order."""
    question = ExamQuestion("q", "?", ("waders, life jacket and radio",), ("kit.md",))

    mark = give(question, "- a radio [1]\n- a life jacket [1]\n- gloves [1]")

    assert mark.right and not mark.contained


@pytest.mark.parametrize(
    ("question", "text", "abstained", "right"),
    [
        (LEAVE, "30 days [1]", False, False),
        (LEAVE, "30 working days [1]", False, False),
        (LEAVE, "I could not find it, perhaps in 27 of them.", True, False),
        (NOWHERE, "I could not find it.", True, True),
        (NOWHERE, "Ada founded it. [1]", False, False),
    ],
)
def test_abstaining_is_right_exactly_where_there_is_no_answer(
    question: ExamQuestion, text: str, abstained: bool, right: bool
) -> None:
    """What an abstention says counts for nothing, neither words nor citations."""
    cited = [make_citation("leave.md", QUOTE)]

    mark = give(question, text, abstained=abstained, citations=cited)

    assert mark.right is right
    assert mark.citations_right == int(question is LEAVE and not abstained)


NEW_SOURCE, OLD_SOURCE = make_citation("leave.md", QUOTE), make_citation("old.md", FORMER, 2)
BOTH = "27 days [1]\n\n27 working days of leave. [1] Employees had 25 days. [2]"


@pytest.mark.parametrize(
    ("text", "citations", "right", "both"),
    [
        (BOTH, [NEW_SOURCE, OLD_SOURCE], True, True),
        (BOTH, [NEW_SOURCE, make_citation("leave.md", FORMER, 2)], True, False),
        (BOTH, [OLD_SOURCE], True, False),
        ("Employees had 25 days. [1]", [OLD_SOURCE, NEW_SOURCE], True, False),
        ("27 working days. [1]", [NEW_SOURCE], True, False),
        ("30 weeks. [1]", [NEW_SOURCE, OLD_SOURCE], False, False),
    ],
)
def test_both_sides_count_and_are_shown_only_together(
    text: str, citations: list[Citation], right: bool, both: bool
) -> None:
    """Either side makes the answer right; to show both takes both values and both documents."""
    mark = give(DISPUTED, text, citations=citations)

    assert (mark.right, mark.shows_both) == (right, both)


def test_abstention_shows_no_side() -> None:
    """The words of an abstention do not count, whatever they name."""
    mark = give(DISPUTED, BOTH, citations=[NEW_SOURCE, OLD_SOURCE], abstained=True)

    assert not mark.right and not mark.shows_both


def test_citation_of_either_side_is_right_in_its_own_document_alone() -> None:
    """The words of one side under the name of the other's file are not evidence."""
    crossed = make_citation("old.md", QUOTE, 3)

    mark = give(DISPUTED, BOTH, citations=[NEW_SOURCE, OLD_SOURCE, crossed])

    assert mark.citations_right == 2


def test_ranking_of_a_contradiction_wants_the_documents_of_both_sides() -> None:
    """The first of two files is found at rank 1, the second at rank 2 or not at all."""
    new, old = Source("leave.md", QUOTE), Source("old.md", FORMER)

    assert judge_ranking(DISPUTED, [new, old]).files_5 == 1.0
    assert judge_ranking(DISPUTED, [new, old]).ndcg_10 == pytest.approx(1.0)
    alone = judge_ranking(DISPUTED, [old])
    assert (alone.recall_1, alone.files_5) == (1.0, 0.5)
    assert alone.ndcg_10 == pytest.approx(1 / (1 + 1 / math.log2(3)))


def test_share_that_shows_both_is_over_contradictions_alone() -> None:
    """One of two contradictions shows both; other questions do not enter."""
    marks = [
        give(DISPUTED, BOTH, citations=[NEW_SOURCE, OLD_SOURCE]),
        give(DISPUTED, "27 days [1]", citations=[NEW_SOURCE]),
        give(LEAVE, RIGHT, citations=[NEW_SOURCE]),
    ]

    groups = summarise(marks)

    assert score_of(groups[0], "shows both").interval.value == 0.5
    assert score_of(groups[0], "shows both").count == 2
    assert math.isnan(score_of(groups[2], "shows both").interval.value)


def test_report_tells_both_values_of_a_contradiction() -> None:
    """A person reads what either document says; a program reads whether both were shown."""
    wrong = give(DISPUTED, "30 weeks [1]", citations=[NEW_SOURCE])
    shown = give(DISPUTED, BOTH, citations=[NEW_SOURCE, OLD_SOURCE])

    assert "27 days or 25 days" in printed(mistakes([wrong]))
    answers = json.loads(as_json(summarise([wrong, shown]), [wrong, shown]))["answers"]
    assert [answer["shows_both"] for answer in answers] == [False, True]
    assert answers[0]["others"] == ["25 days"]


class ScriptedAnswerer:
    """Answers from a script and notes what it was asked."""

    def __init__(self, replies: Sequence[Answer]) -> None:
        self.replies = list(replies)
        self.asked: list[tuple[str, Sequence[Turn], int | None]] = []

    def answer(
        self,
        question: str,
        history: Sequence[Turn] = (),
        files: Sequence[str] | None = None,
        k: int | None = None,
    ) -> Answer:
        """Give the next reply."""
        self.asked.append((question, history, k))
        return self.replies.pop(0)


def test_sitting_an_exam_passes_the_history_on() -> None:
    """Each question is asked once, in order, with its own history."""
    follow_up = ExamQuestion("q3", "And then?", ("27",), ("a",), history=(("Leave?", "Yes."),))
    answerer = ScriptedAnswerer([make_answer("27"), make_answer("28")])

    marks = list(sit(answerer, [LEAVE, follow_up], k=10))

    assert answerer.asked == [
        ("How many days off?", (), 10),
        ("And then?", (("Leave?", "Yes."),), 10),
    ]
    assert [mark.right for mark in marks] == [True, False]
    assert all(mark.seconds > 0 for mark in marks)


def exam_of_four() -> list[Mark]:
    """Two answerable questions, one right and one abstained; two unanswerable, one of each."""
    found = make_hit(QUOTE, "leave.md")
    good, bad = make_citation("leave.md", QUOTE), make_citation("b.md", "Sick notes.", 2)
    return [
        give(LEAVE, RIGHT, confidence=0.9, citations=[good, bad], passages=[found]),
        give(LEAVE, "Not found.", confidence=0.3, abstained=True),
        give(NOWHERE, "Not found.", confidence=0.1, abstained=True),
        give(NOWHERE, "Ada. [1]", confidence=0.6, citations=[bad]),
    ]


def score_of(group: Group, name: str) -> Score:
    """Return the score of that name."""
    return next(score for score in group.scores if score.name == name)


def test_summary_of_four_answers_worked_out_by_hand() -> None:
    """Each measure over the questions it is about."""
    everything = summarise(exam_of_four())[0]

    expected = {
        "recall@1": (0.5, 2),
        "F1, short answer": (0.4, 2),
        "right, answerable": (0.5, 2),
        "right, unanswerable": (0.5, 2),
        "right, all": (0.5, 4),
        "answered": (0.5, 2),
        "citation precision": (1 / 3, 2),
        "citation recall": (1.0, 1),
        "risk-coverage area": ((0 + 1 / 2 + 2 / 3 + 3 / 4) / 4, 4),
        "calibration error": ((0.1 + 0.6) / 2, 2),
        "seconds, median": (0.5, 4),
    }
    for name, (value, count) in expected.items():
        score = score_of(everything, name)
        assert score.interval.value == pytest.approx(value), name
        assert score.count == count, name
        assert score.interval.low <= score.interval.value <= score.interval.high


def test_an_answer_without_a_chance_is_judged_but_not_for_its_chance() -> None:
    """A summary that an exam asks for counts where it can, and the mistakes show no figure."""
    marks = [*exam_of_four(), give(LEAVE, "Sick notes. [1]", confidence=None)]

    everything = summarise(marks)[0]

    counts = {score.name: score.count for score in everything.scores}
    assert (counts["right, all"], counts["risk-coverage area"]) == (5, 4)
    assert score_of(everything, "calibration error") == score_of(
        summarise(exam_of_four())[0], "calibration error"
    )
    assert "Sick notes" in printed(mistakes(marks[4:])) and "0." not in printed(mistakes(marks[4:]))


def test_summary_has_a_group_for_each_type() -> None:
    """Types in the order they first appear; what does not apply to a type is not a number."""
    groups = summarise(exam_of_four())

    assert [(group.name, group.questions) for group in groups] == [
        ("all", 4),
        ("fact", 2),
        ("unanswerable", 2),
    ]
    assert math.isnan(score_of(groups[2], "recall@1").interval.value)
    assert score_of(groups[2], "right, all").interval.value == 0.5


def test_report_as_json_holds_scores_and_answers() -> None:
    """A program reads the same figures; what was not measured is null, not NaN."""
    marks = exam_of_four()

    report = json.loads(as_json(summarise(marks), marks))

    scores = report["groups"]["all"]["scores"]
    assert scores["citation precision"]["value"] == pytest.approx(1 / 3)
    assert report["groups"]["unanswerable"]["scores"]["recall@1"]["value"] is None
    assert [answer["right"] for answer in report["answers"]] == [True, False, True, False]
    assert report["answers"][0]["citations"][0] == {"file": "leave.md", "quote": QUOTE}


def printed(renderable: object) -> str:
    """Return what a terminal of 120 columns would show."""
    console = Console(width=120, file=StringIO())
    with console.capture() as captured:
        console.print(renderable)
    return captured.get()


def test_table_shows_value_and_interval_side_by_side() -> None:
    """One row a measure, one column a group, a dash where nothing was measured."""
    shown = printed(table(summarise(exam_of_four())))

    row = next(line for line in shown.splitlines() if "right, answerable" in line)
    assert [cell.strip() for cell in row.split("│")[2:-1]] == ["0.500", "0.500", "-"]
    assert "0.00-1.00" in shown


def test_mistakes_name_question_expectation_and_answer() -> None:
    """Text in square brackets stands as it is, and right answers are left out."""
    shown = printed(mistakes(exam_of_four()))

    assert "Who founded it?" in shown and "0.60 Ada. [1]" in shown
    assert "(not in the files)" in shown
    assert RIGHT.splitlines()[0] not in shown
