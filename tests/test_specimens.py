"""What is drawn for show, and how an answer is put into one line of Markdown."""

from pathlib import Path

from rag.evaluation.judging import Mark, judge
from rag.evaluation.questions import ExamQuestion
from rag.types import Answer, Citation
from tests.benchmarks.specimens import LONGEST, Specimen, draw, report, row

PLOTS = Path("plots")
RENT = ExamQuestion("r", "What is the rent?", ("£64",), ("fees.txt",), "A plot costs £64.")
DISPUTED = ExamQuestion(
    "d",
    "What is the rent?",
    ("£64",),
    ("fees.txt",),
    "A plot costs £64.",
    "contradiction",
    others=("£52",),
    other_files=("minutes.md",),
    other_quote="The rent is £52.",
)
NOWHERE = ExamQuestion("n", "Who dug the well?", (), type="unanswerable")


def questions(kind: str, count: int) -> list[Specimen]:
    """Return numbered questions of one type."""
    return [
        Specimen(PLOTS, ExamQuestion(f"{kind}-{i}", "?", ("x",), type=kind)) for i in range(count)
    ]


def cite(number: int, file: str, quote: str) -> Citation:
    """Return a citation under a heading."""
    return Citation(number, file, None, "Fees › Rent", quote, 0, len(quote), quote, 0.9)


FEES, MINUTES = cite(1, "fees.txt", RENT.quote), cite(2, "minutes.md", DISPUTED.other_quote)


def mark(
    question: ExamQuestion, text: str, cited: tuple[Citation, ...] = (), abstained: bool = False
) -> Mark:
    """Return the mark of an answer with a chance of 0.75."""
    return judge(question, Answer(question.question, text, abstained, 0.75, cited), 0.1)


def test_draw_takes_some_of_each_type_and_the_same_ones_again() -> None:
    """Five of thirty, all of three, in order; the seed alone decides, not the other types."""
    facts, whys = questions("fact", 30), questions("why", 3)

    drawn = draw([*facts, *whys], each=5, seed=0)

    kinds = [specimen.question.type for specimen in drawn]
    assert kinds == ["fact"] * 5 + ["why"] * 3
    assert [facts.index(specimen) for specimen in drawn[:5]] == sorted(
        facts.index(specimen) for specimen in drawn[:5]
    )
    assert drawn[:5] == draw(facts, each=5, seed=0)
    assert drawn[:5] != draw(facts, each=5, seed=1)


def test_row_tells_mark_chance_question_answer_and_place() -> None:
    """The lines of an answer stand in one, with their footnotes."""
    shown = row(mark(RENT, "£64 [1]\n\nA plot costs £64. [1]", (FEES,)))

    assert shown == (
        "| right | 0.75 | What is the rent? | £64 [1] ⏎ A plot costs £64. [1] "
        "| [1] fees.txt · Fees › Rent |"
    )


def test_what_markdown_would_take_for_marks_is_shown() -> None:
    """A bar does not end the cell, and stars and tags stand as they are."""
    shown = row(mark(RENT, "plot | *rent* <b> [1]"))

    assert r"plot \| \*rent\* \<b\> [1] |" in shown


def test_long_line_is_cut_at_a_word_and_keeps_its_footnotes() -> None:
    """No more than the limit of words is left, then an ellipsis and the marks."""
    shown = row(mark(RENT, f"{'weeds ' * 60}all over. [1] [2]")).split(" | ")[3]

    words, marks = shown.split(" …")
    assert marks == " [1] [2]"
    assert LONGEST - len("weeds ") <= len(words) <= LONGEST
    assert set(words.split()) == {"weeds"}


def test_earlier_questions_stand_before_a_follow_up() -> None:
    """Without them, "And for half of it?" cannot be judged by a reader."""
    question = ExamQuestion(
        "f", "And half of it?", ("£34",), ("a",), type="followup", history=(("A plot?", "£64."),)
    )

    assert "| A plot? ↳ And half of it? |" in row(mark(question, "£34 [1]"))


def test_report_has_a_table_for_each_type_and_counts_at_the_end() -> None:
    """Silence is right where there is no answer, and a miss where there is one."""
    both = "£64 [1]\n\nA plot costs £64. [1] The rent is £52. [2]"
    marks = [
        mark(RENT, "£64 [1]", (FEES,)),
        mark(RENT, "Not found.", abstained=True),
        mark(DISPUTED, both, (FEES, MINUTES)),
        mark(DISPUTED, "The rent is £52. [2]", (MINUTES,)),
        mark(NOWHERE, "Not found.", abstained=True),
        mark(NOWHERE, "Mr Vance [1]", (FEES,)),
    ]

    lines = list(report(marks))

    assert [line.strip() for line in lines if line.startswith("###")] == [
        "### fact",
        "### contradiction",
        "### unanswerable",
    ]
    assert sum(line.startswith("| right, both |") for line in lines) == 1
    assert lines[-1] == (
        "fact: 2 asked, 1 right, 0 wrong, 1 silent; "
        "contradiction: 2 asked, 2 right (1 with both sides), 0 wrong, 0 silent; "
        "unanswerable: 2 asked, 1 right, 1 wrong, 0 silent"
    )
