"""Libraries of a few plain documents, made without a folder."""

from pathlib import Path

from ingest.chunking import chunk_document
from ingest.config import load_settings
from ingest.library import Library
from ingest.records import DocumentRecord
from ingest.types import Document
from tests.doubles import HashedEmbedder

ANIMALS = {
    "foxes.txt": "Foxes sleep in dens under old trees.",
    "notes/owls.md": "Owls hunt at night over open fields.",
    "notes/bees.pdf": "Bees tell each other where the flowers are.",
}


def put(library: Library, file: str, text: str, embedder: HashedEmbedder | None = None) -> None:
    """Write one document into a library that is open for writing."""
    model = embedder or HashedEmbedder(library.manifest.dimension)
    document = Document(file, text)
    chunks = chunk_document(file, document, model, library.manifest.chunk_tokens)
    record = DocumentRecord(file, "read", len(text), 1, file, title=file, chunks=len(chunks))
    library.put(record, document, chunks, model.embed([chunk.indexed_text for chunk in chunks]))


def make_library(path: Path, texts: dict[str, str] = ANIMALS) -> Path:
    """Make a library of the texts given, with its index published, and return its path."""
    with Library.create(path, HashedEmbedder(), load_settings()) as library, library.writer():
        for file, text in texts.items():
            put(library, file, text)
        library.refresh_index()
    return path
