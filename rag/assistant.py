"""The only place where the parts are wired: library, embedder, retriever, reader, generator."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from ingest.config import Settings, load_settings
from ingest.embedder import load_embedder
from ingest.library import Library
from ingest.types import Embedder
from rag import models
from rag.calibration import Calibration, bounded, features_of, load_calibration
from rag.citations import cite, upheld
from rag.evidence import read_hits
from rag.examples import example_questions
from rag.generator import ExtractiveGenerator, Generator, Statement
from rag.language_model import LanguageModelGenerator
from rag.prompts import ABSTENTION, CLOSEST, NOTHING_FOUND
from rag.query import clean_question, stand_alone
from rag.reader import Reader
from rag.retriever import Retriever
from rag.rivals import with_rival
from rag.sampling import Sampling
from rag.server_model import ServerGenerator, names_server
from rag.summary import SENTENCES, Summariser
from rag.summary_request import asks_for_summary, summary_request
from rag.types import Answer, Event, Evidence, Hit, Turn
from rag.writer import Writer, is_writer
from rag.written_answer import WritingGenerator


@dataclass(frozen=True, slots=True)
class _Read:
    """What is known about a question before a word is written."""

    question: str
    query: str
    hits: tuple[Hit, ...]
    evidence: tuple[Evidence, ...]
    confidence: float
    timings: dict[str, float]


class Assistant:
    """Answers questions from one library; models and index stay loaded. Safe between threads."""

    def __init__(
        self,
        library: Library,
        embedder: Embedder,
        reader: Reader,
        calibration: Calibration,
        generator: Generator,
        settings: Settings,
    ) -> None:
        self.library, self.settings = library, settings
        self._reader, self._calibration, self._generator = reader, calibration, generator
        self._retriever = Retriever(library, embedder)
        self._summariser = Summariser(library, embedder)
        self._threshold = (
            calibration.threshold if settings.threshold is None else settings.threshold
        )

    @classmethod
    def open(cls, library: str | Path | None = None, **overrides: object) -> Self:
        """Open a library and load the models; ``overrides`` are fields of ``Settings``.

        Raises LibraryMissing, LibraryMismatch, LibraryDamaged, EmbedderError, ModelError or
        SettingsError.
        """
        settings = load_settings(library=library, **overrides)
        _use_threads(settings.threads)
        embedder = load_embedder(settings)
        opened = Library.open(settings.library, embedder.fingerprint)
        folder = reader_folder(settings)
        reader = Reader.load(folder)
        generator = _generator(settings, reader)
        return cls(opened, embedder, reader, load_calibration(folder), generator, settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the library."""
        self.library.close()

    def examples(self, count: int = 3) -> list[str]:
        """Return questions that this library can be asked, drawn from its own documents."""
        return example_questions(self.library, count)

    def answer(
        self,
        question: str,
        history: Sequence[Turn] = (),
        files: Sequence[str] | None = None,
        k: int | None = None,
    ) -> Answer:
        """Answer a question from the library's documents, or abstain.

        ``files`` limits the search to paths or glob patterns; ``k`` is how many passages come back
        with the answer. Raises QuestionError for an empty or overlong question.
        """
        for event in self.stream(question, history, files, k):
            if event.answer is not None:
                return event.answer
        raise RuntimeError("the stream ended without an answer")

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        files: Sequence[str] | None = None,
        k: int | None = None,
        stop: threading.Event | None = None,
    ) -> Iterator[Event]:
        """Yield the sources found, then the text as it grows, then the answer.

        Closing the iterator, or setting ``stop``, ends the writing.
        """
        stop = stop or threading.Event()
        begin = time.perf_counter()
        shown = k or self.settings.k
        question = clean_question(question)
        summary = self._summary_asked_for(question, files)
        if summary is not None:
            yield Event("sources", passages=summary.passages[:shown])
            yield Event("text", text=summary.text)
            yield Event("answer", answer=replace(summary, passages=summary.passages[:shown]))
            return
        query = stand_alone(question, history)
        found = self._retriever.retrieve(query, self.settings.candidates, files)
        first = time.perf_counter() - begin
        yield Event("sources", passages=found.hits[:shown])
        read = self._read(question, query, found.hits, {**found.timings, "sources": first})
        statements: tuple[Statement, ...] = ()
        writing = time.perf_counter()
        if read.evidence and read.confidence >= self._threshold:
            evidence = with_rival(self._retriever.embedder.embed, query, read.evidence)
            for draft in self._generator.write(query, evidence, stop):
                statements = draft.statements
                yield Event("text", text=draft.text)
        read.timings["write"] = time.perf_counter() - writing
        answer = self._finished(read, statements, shown)
        answer.timings["total"] = time.perf_counter() - begin
        yield Event("answer", answer=answer)

    def summarise(
        self, file: str | None = None, topic: str | None = None, sentences: int = SENTENCES
    ) -> Answer:
        """Say in a few sentences of the documents what a file, or the library on a topic, says.

        ``file`` is a name, path or pattern that stands for one file; with both, what that file says
        on the topic. Abstains where nothing is said. No chance is measured: ``confidence`` and the
        citations' ``score`` are None. Raises LibraryError for no such file or for several,
        QuestionError for neither file nor topic and for ``sentences`` beyond 1 to 20.
        """
        begin = time.perf_counter()
        summary = self._summariser.summarise(file, topic, sentences)
        abstained = not summary.citations
        return Answer(
            " in ".join(filter(None, (topic, file))),
            f"{ABSTENTION} {_closest(summary.passages)}" if abstained else summary.text,
            abstained,
            None,
            summary.citations,
            summary.passages[: max(self.settings.k, len(summary.citations))],
            {"total": time.perf_counter() - begin},
        )

    def _summary_asked_for(self, question: str, files: Sequence[str] | None) -> Answer | None:
        """Return the summary of a file of the library if that is what the question asks for."""
        if not asks_for_summary(question):
            return None
        records = self.library.documents()
        read = [record.file for record in records if record.status == "read"]
        request = summary_request(question, self.library.match(files) if files else read)
        if request is None:
            return None
        summary = self.summarise(request.file, sentences=request.sentences)
        return replace(summary, question=question)

    def _read(
        self, question: str, query: str, hits: Sequence[Hit], timings: dict[str, float]
    ) -> _Read:
        begin = time.perf_counter()
        ranked, evidence = read_hits(self._reader, self._retriever.embedder.embed, query, hits)
        confidence = self._calibration.probability(features_of(ranked, evidence)) if hits else 0.0
        timings["read"] = time.perf_counter() - begin
        return _Read(question, query, ranked, evidence, confidence, timings)

    def _finished(self, read: _Read, statements: Sequence[Statement], shown: int) -> Answer:
        passages = read.hits[:shown]
        if not statements:
            text = f"{ABSTENTION} {_closest(passages)}"
            return Answer(
                read.question, text, True, read.confidence, (), passages, dict(read.timings)
            )
        proven = upheld(statements, self._reader.check)
        text, citations = cite(proven, self.library.text, self._evidence_confidence(read))
        return Answer(
            read.question, text, False, read.confidence, citations, passages, dict(read.timings)
        )

    def _evidence_confidence(self, read: _Read) -> Callable[[float], float]:
        """Turn evidence scores into chances; the best evidence has the answer's own."""
        _, *others = features_of(read.hits, read.evidence)
        return lambda score: self._calibration.probability((bounded(score), *others))


def answer(
    question: str,
    library: str | Path | None = None,
    history: Sequence[Turn] = (),
    files: Sequence[str] | None = None,
    k: int | None = None,
    **overrides: object,
) -> Answer:
    """Answer one question from a library; to ask several, keep an ``Assistant`` open."""
    question = clean_question(question)
    with Assistant.open(library, **overrides) as assistant:
        return assistant.answer(question, history, files, k)


def reader_folder(settings: Settings) -> Path:
    """Return the folder of the reader in force: shipped, by its name in ``models``, or by path."""
    if settings.reader == "footnote-reader":
        return models.READER_FOLDER
    named = Path(settings.reader).expanduser()
    own = settings.models / named
    return own if named.name == settings.reader and own.is_dir() else named


def _closest(passages: Sequence[Hit]) -> str:
    if not passages:
        return NOTHING_FOUND
    places = dict.fromkeys(_place(hit) for hit in passages[:3])
    return CLOSEST.format(places="; ".join(places))


def _place(hit: Hit) -> str:
    passage = hit.passage
    page = f", page {passage.chunk.page}" if passage.chunk.page else ""
    heading = f" › {passage.chunk.heading[-1]}" if passage.chunk.heading else ""
    return f"{passage.file}{page}{heading}"


def _generator(settings: Settings, reader: Reader) -> Generator:
    if settings.generator == "extractive":
        return ExtractiveGenerator()
    folder = Path(settings.generator).expanduser()
    if is_writer(folder):
        return WritingGenerator(Writer.load(folder, reader))
    sampling = Sampling(
        settings.max_new_tokens, settings.temperature, settings.top_p, settings.seed
    )
    if names_server(settings.generator):
        return ServerGenerator(
            settings.generator,
            settings.generator_model,
            settings.generator_key.get_secret_value(),
            settings.generator_timeout,
            sampling,
        )
    return LanguageModelGenerator(settings.generator, sampling)


def _use_threads(threads: int) -> None:
    if threads:
        import torch

        torch.set_num_threads(threads)
