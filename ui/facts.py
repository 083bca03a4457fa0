"""What a library holds, read without loading a model."""

from dataclasses import dataclass
from pathlib import Path

from ingest.errors import FootnoteError
from ingest.library import Library


@dataclass(frozen=True, slots=True)
class LibraryFacts:
    """What the page says about its library; ``problem`` is empty when questions can be asked."""

    library: str
    folder: str = ""
    documents: int = 0
    passages: int = 0
    embedder: str = ""
    problem: str = ""


def library_facts(path: Path, embedder: str) -> LibraryFacts:
    """Read the facts; an error becomes the ``problem``."""
    try:
        with Library.open(path) as library:
            documents, passages = library.counts()
            folder = str(library.folder)
    except FootnoteError as error:
        return LibraryFacts(str(path), problem=str(error))
    problem = "" if passages else empty_message(path)
    return LibraryFacts(str(path), folder, documents, passages, embedder, problem)


def empty_message(path: Path) -> str:
    """Return what to do about a library without a passage."""
    return f"the library in {path} holds no text yet: run `footnote ingest FOLDER`"
