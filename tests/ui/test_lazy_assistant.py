"""The page's assistant: there when there is a library, plain about it when there is none."""

import shutil
import threading
from pathlib import Path

import pytest

from ingest.config import Settings, load_settings
from ingest.errors import LibraryError, LibraryMissing
from ingest.library import Library
from ingest.pipeline import ingest
from ingest.types import Embedder
from rag.types import Answer
from tests.doubles import HashedEmbedder
from ui.lazy_assistant import LazyAssistant


def settings_for(tmp_path: Path) -> Settings:
    """Return settings with a library below ``tmp_path``."""
    return load_settings(library=tmp_path / "library")


def documents(tmp_path: Path, text: str) -> Path:
    """Write a folder with one document."""
    folder = tmp_path / "documents"
    folder.mkdir(exist_ok=True)
    (folder / "oil.md").write_text(f"# Engine\n\n{text}\n")
    return folder


def asked(assistant: LazyAssistant, question: str) -> Answer:
    """Return the answer to a question."""
    *_, last = assistant.stream(question, (), stop=threading.Event())
    assert last.answer is not None
    return last.answer


def test_a_missing_library_is_named_with_what_to_do(tmp_path: Path) -> None:
    """The header and the reply say which command makes the library."""
    assistant = LazyAssistant(settings_for(tmp_path))

    with pytest.raises(LibraryMissing, match="footnote ingest"):
        asked(assistant, "How often is the oil changed?")
    assert "footnote ingest" in assistant.facts().problem
    assert assistant.examples(3) == []


def test_an_empty_library_is_named_with_what_to_do(tmp_path: Path) -> None:
    """A library without a passage cannot answer, and says so before any model loads."""
    settings = settings_for(tmp_path)
    Library.create(settings.library, HashedEmbedder(), settings).close()

    assert LazyAssistant(settings).facts().problem == (
        f"the library in {settings.library} holds no text yet: run `footnote ingest FOLDER`"
    )


def test_the_facts_are_those_of_the_library(tmp_path: Path) -> None:
    """Folder, counts and embedder, read without a model."""
    settings = settings_for(tmp_path)
    folder = documents(tmp_path, "The oil is changed every year.")
    ingest(folder, settings.library, settings, HashedEmbedder())

    facts = LazyAssistant(settings).facts()

    assert (facts.folder, facts.documents, facts.passages) == (str(folder), 1, 1)
    assert (facts.embedder, facts.problem) == ("all-MiniLM-L6-v2", "")


def test_a_stop_before_the_turn_came_costs_nothing(tmp_path: Path) -> None:
    """A question that was stopped while it waited is never begun."""
    stop = threading.Event()
    stop.set()

    assert list(LazyAssistant(settings_for(tmp_path)).stream("x", (), stop=stop)) == []


def test_a_library_that_comes_later_is_used(tmp_path: Path, embedder: Embedder) -> None:
    """After the first ingest, and after the library was made anew, the same page answers."""
    settings = settings_for(tmp_path)
    assistant = LazyAssistant(settings)
    with pytest.raises(LibraryError):
        asked(assistant, "How often is the oil changed?")

    ingest(
        documents(tmp_path, "The oil is changed every year."), settings.library, settings, embedder
    )
    first = asked(assistant, "How often is the oil changed?")
    shutil.rmtree(settings.library)
    ingest(
        documents(tmp_path, "The oil is changed every month."), settings.library, settings, embedder
    )
    second = asked(assistant, "How often is the oil changed?")
    assistant.close()

    assert "every year" in first.passages[0].passage.chunk.text
    assert "every month" in second.passages[0].passage.chunk.text
