"""The sample corpora and their exams: each gold quotation must stand in the file it names."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pypdfium2
import pytest
from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser

CORPORA = Path(__file__).parents[1] / "corpora"
EXAMS = sorted(CORPORA.glob("*/questions.jsonl"))
TYPES = {"fact", "list", "how", "why", "unanswerable", "followup", "contradiction"}

each_exam = pytest.mark.parametrize("exam", EXAMS, ids=lambda path: path.parent.name)


@dataclass(frozen=True, slots=True)
class Question:
    """One line of an exam."""

    id: str
    question: str
    answers: list[str]
    files: list[str]
    quote: str
    type: str
    history: tuple[tuple[str, str], ...] = ()
    others: tuple[str, ...] = ()
    other_files: tuple[str, ...] = ()
    other_quote: str = ""


def read_exam(path: Path) -> list[Question]:
    """Return the questions of an exam; a missing or unknown field is an error."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Question(**json.loads(line)) for line in lines]


@cache
def plain_text(path: Path) -> str:
    """Return what a person reads in a document, each run of white space as one space."""
    readers = {".md": markdown_text, ".html": html_text, ".pdf": pdf_text}
    return one_line(readers.get(path.suffix, Path.read_text)(path))


def markdown_text(path: Path) -> str:
    """Return the text of a Markdown file without its marks."""
    parts: list[str] = []
    for token in MarkdownIt("commonmark").enable("table").parse(path.read_text(encoding="utf-8")):
        if token.type == "inline":
            breaks = {"softbreak", "hardbreak"}
            parts.append("".join("\n" if t.type in breaks else t.content for t in token.children))
        elif token.type in {"fence", "code_block"}:
            parts.append(token.content)
    return "\n".join(parts)


def html_text(path: Path) -> str:
    """Return the text of a web page without its tags."""
    body = LexborHTMLParser(path.read_text(encoding="utf-8")).body
    assert body is not None
    return str(body.text())


def pdf_text(path: Path) -> str:
    """Return the text of all pages of a PDF."""
    document = pypdfium2.PdfDocument(path)
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def one_line(text: str) -> str:
    """Return the text with each run of white space replaced by one space."""
    return " ".join(text.split())


def test_the_corpora_each_have_an_exam() -> None:
    """Every folder under ``corpora/`` comes with its questions."""
    folders = {path.name for path in CORPORA.iterdir() if path.is_dir()}
    assert {path.parent.name for path in EXAMS} == folders
    assert {"how-language-models-work", "footnote-manual", "allotment-club"} <= folders


@each_exam
def test_an_exam_is_large_and_varied_enough(exam: Path) -> None:
    """An exam has at least 25 answerable and 7 unanswerable questions and 4 follow-ups."""
    questions = read_exam(exam)
    assert {question.type for question in questions} <= TYPES
    assert sum(bool(question.answers) for question in questions) >= 25
    assert sum(question.type == "unanswerable" for question in questions) >= 7
    assert sum(question.type == "followup" for question in questions) >= 4


@each_exam
def test_ids_and_questions_are_unique(exam: Path) -> None:
    """No id occurs twice, and nothing is asked twice in the same conversation."""
    questions = read_exam(exam)
    assert len({question.id for question in questions}) == len(questions)
    asked = [(str(question.history), question.question) for question in questions]
    assert len(set(asked)) == len(asked)


@each_exam
def test_follow_ups_and_only_they_have_a_history(exam: Path) -> None:
    """A follow-up holds the turns before it as pairs of question and answer."""
    for question in read_exam(exam):
        assert bool(question.history) == (question.type == "followup"), question.id
        assert all(len(turn) == 2 and all(turn) for turn in question.history), question.id


@each_exam
def test_unanswerable_questions_name_no_answer_and_no_file(exam: Path) -> None:
    """Answers and gold files are both given, or the question is unanswerable."""
    for question in read_exam(exam):
        answerable = question.type != "unanswerable"
        assert bool(question.answers) == answerable, question.id
        assert bool(question.files) == answerable, question.id
        assert bool(question.quote) == answerable, question.id


@each_exam
def test_every_quote_stands_in_a_gold_file_and_holds_an_answer(exam: Path) -> None:
    """The gold files exist, one holds the quotation, and it has an answer or an item of one."""
    for question in read_exam(exam):
        paths = [exam.parent / name for name in question.files]
        assert all(path.is_file() for path in paths), question.id
        quote = one_line(question.quote)
        assert not paths or any(quote in plain_text(path) for path in paths), question.id
        items = [one_line(item) for answer in question.answers for item in answer.split(";")]
        assert not paths or any(i.casefold() in quote.casefold() for i in items), question.id


def test_both_sides_of_a_contradiction_stand_in_documents_of_their_own() -> None:
    """Each side's quotation is in its file with an answer, and no file of a side says the other."""
    contradictions = [q for exam in EXAMS for q in conflicts(exam)]
    assert len(contradictions) >= 20
    for folder, question in contradictions:
        first = (question.answers, question.files, question.quote)
        second = (question.others, question.other_files, question.other_quote)
        for answers, files, quote in (first, second):
            texts = [plain_text(folder / name) for name in files]
            assert quote in texts[0], question.id
            assert any(answer.casefold() in quote.casefold() for answer in answers), question.id
            other = second[2] if quote == first[2] else first[2]
            assert not any(other in text for text in texts), question.id


def conflicts(exam: Path) -> list[tuple[Path, Question]]:
    """Return the folder and the question of each contradiction in an exam."""
    return [(exam.parent, q) for q in read_exam(exam) if q.type == "contradiction"]
