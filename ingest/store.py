"""The statements over a library's database, which is its only truth.

Each row of text and each vector carries a checksum of its own, checked whenever it is read, so
that a flipped bit is an error and never an answer. One document is one transaction.
"""

import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ingest.database import Database, damage_line
from ingest.errors import LibraryDamaged
from ingest.records import (
    RECORD_COLUMNS,
    DocumentRecord,
    Manifest,
    checksum,
    document_from_json,
    layout_to_json,
    record_from_row,
    record_to_row,
    text_key,
)
from ingest.types import Chunk, Document, Passage, Vectors
from ingest.vector_index import Rows

_SLICE = 500  # parameters of one statement


class Store:
    """Documents, chunks, vectors and words in one SQLite file."""

    def __init__(self, path: Path) -> None:
        self.database = Database(path)

    def initialise(self, manifest: Manifest) -> None:
        """Make an empty database a library."""
        with self.database.transaction():
            self.database.create_schema()
            self._set("library", uuid.uuid4().hex)
            for key, value in (("revision", "0"), ("folder", ""), ("limits", "")):
                self._set(key, value)
            self._set("manifest", manifest.to_json())

    def meta(self, key: str) -> str:
        """Return one fact about the library; raises LibraryDamaged when it is gone."""
        for value, expected in self.database.rows(
            "SELECT value, checksum FROM meta WHERE key = ?", (key,)
        ):
            if checksum(key, value) == expected:
                return str(value)
        raise self._damaged(f"its {key} is gone or altered")

    def revision(self) -> int:
        """Return a number that grows with every change."""
        return int(self.meta("revision"))

    def set_meta(self, key: str, value: str) -> None:
        """Write one fact about the library."""
        with self.database.transaction():
            self._set(key, value)

    def manifest(self) -> Manifest:
        """Return what the library was made with."""
        try:
            return Manifest.from_json(self.meta("manifest"))
        except (ValueError, TypeError) as error:
            raise self._damaged("its manifest cannot be read") from error

    def clear(self, manifest: Manifest) -> None:
        """Empty the library in one transaction; vectors stay for reuse by the same embedder."""
        reusable = self.manifest().embedder == manifest.embedder
        with self.database.transaction():
            self._bump()
            self.database.run("DELETE FROM spare_vectors")
            if reusable:
                self.database.run(
                    "INSERT OR IGNORE INTO spare_vectors SELECT key, checksum, vector FROM vectors"
                )
            self.database.run("INSERT INTO words (words) VALUES ('delete-all')")
            for table in ("vectors", "chunks", "documents"):
                self.database.run(f"DELETE FROM {table}")
            self._set("manifest", manifest.to_json())
            self._set("folder", "")

    def drop_spare(self) -> None:
        """Forget the vectors that were kept for reuse, and the words of texts that are gone."""
        if self.database.rows("SELECT 1 FROM spare_vectors LIMIT 1"):
            with self.database.transaction():
                self.database.run("DELETE FROM spare_vectors")
        if self.database.rows("SELECT 1 FROM meta WHERE key = 'unmerged'"):
            with self.database.transaction():
                self.database.run("INSERT INTO words (words) VALUES ('optimize')")
                self.database.run("DELETE FROM meta WHERE key = 'unmerged'")

    def put(
        self,
        record: DocumentRecord,
        document: Document,
        chunks: Sequence[Chunk],
        vectors: Vectors,
        moved_from: str | None = None,
    ) -> None:
        """Write a document in place of the one of that name, and of the one it was moved from."""
        with self.database.transaction():
            self._bump()
            self._delete(record.file)
            if moved_from is not None:
                self._delete(moved_from)
            number = self._insert_document(record, document)
            for chunk, vector in zip(chunks, vectors, strict=True):
                self._insert_chunk(number, record, chunk, vector.tobytes())

    def put_skipped(self, records: Iterable[DocumentRecord]) -> None:
        """Write files that could not be read, in place of what was known of them."""
        with self.database.transaction():
            for record in records:
                self._delete(record.file)
                self._insert_document(record, Document(record.title, ""))

    def touch(self, record: DocumentRecord) -> None:
        """Write size, time and trust of a file whose content is as before."""
        row = record_to_row(record)
        with self.database.transaction():
            self.database.run(
                "UPDATE documents SET size = ?, mtime = ?, trusted = ?, record_checksum = ? "
                "WHERE file = ?",
                (record.size, record.mtime, record.trusted, checksum(*row), record.file),
            )

    def remove(self, files: Iterable[str]) -> None:
        """Take documents out of the library, all in one transaction."""
        with self.database.transaction():
            for file in files:
                self._delete(file)

    def records(self) -> list[DocumentRecord]:
        """Return all files in the order of their names, skipped ones too."""
        records = []
        for *row, expected in self.database.rows(
            f"SELECT {RECORD_COLUMNS}, record_checksum FROM documents ORDER BY file"
        ):
            if checksum(*row) != expected:
                raise self._damaged(f"the record of {row[0]} is not what was written")
            records.append(record_from_row(row))
        return records

    def counts(self) -> tuple[int, int]:
        """Return how many documents were read and how many chunks they gave."""
        found = self.database.rows(
            "SELECT count(*), coalesce(sum(chunks), 0) FROM documents WHERE status = 'read'"
        )
        documents, chunks = found[0]
        return documents, chunks

    def document(self, file: str) -> Document | None:
        """Return a document that was read, or None."""
        found = self.database.rows(
            "SELECT title, text, layout, notes, checksum FROM documents "
            "WHERE file = ? AND status = 'read'",
            (file,),
        )
        for title, text, layout, notes, expected in found:
            if checksum(file, title, text, layout, notes) != expected:
                raise self._damaged(f"the text of {file} is not what was written")
            return document_from_json(title, text, layout, notes)
        return None

    def rows(self, files: Sequence[str] | None = None) -> Rows:
        """Return the row ids of all chunks, or of those of the files given, ascending."""
        sql = "SELECT row FROM chunks INDEXED BY chunks_document"
        if files is None:
            found = self.database.rows(sql)
        else:
            sql += " WHERE document IN (SELECT id FROM documents WHERE file IN ({}))"
            found = list(self._each_slice(sql, list(dict.fromkeys(files))))
        return np.sort(np.fromiter((row for (row,) in found), dtype=np.int64, count=len(found)))

    def passages(self, rows: Sequence[int]) -> dict[int, Passage]:
        """Return the passages of the rows that are still there."""
        sql = (
            "SELECT row, file, title, chunks.id, start, end, page, heading, context, chunks.text, "
            "chunks.checksum FROM chunks JOIN documents ON documents.id = document "
            "WHERE row IN ({})"
        )
        passages = {}
        for row, file, title, *fields, expected in self._each_slice(sql, list(rows)):
            name, start, end, page, heading, context, text = fields
            if checksum(file, title, *fields) != expected:
                raise self._damaged(f"a passage of {file} is not what was written")
            chunk = Chunk(name, text, start, end, page, tuple(json.loads(heading)), context)
            passages[row] = Passage(row, file, title, chunk)
        return passages

    def vectors(self, rows: Rows, dimension: int) -> Vectors:
        """Return the vectors of ascending rows, shape ``(len(rows), dimension)``."""
        sql = "SELECT row, key, checksum, vector FROM vectors WHERE row IN ({})"
        found = np.empty((len(rows), dimension), dtype=np.float32)
        count = 0
        for row, key, expected, blob in self._each_slice(sql, rows.tolist()):
            found[np.searchsorted(rows, row)] = self._vector(key, expected, blob, dimension)
            count += 1
        if count != len(rows):
            raise self._damaged(f"{len(rows) - count} vectors are gone")
        return found

    def known_vectors(self, keys: Sequence[bytes], dimension: int) -> dict[bytes, Vectors]:
        """Return the vectors, shape ``(dimension,)``, of the texts that were embedded before."""
        known: dict[bytes, Vectors] = {}
        for table in ("spare_vectors", "vectors"):
            sql = f"SELECT key, checksum, vector FROM {table} WHERE key IN ({{}})"
            for key, expected, blob in self._each_slice(sql, list(keys)):
                known[key] = self._vector(key, expected, blob, dimension)
        return known

    def keep_vectors(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        """Keep vectors until ``drop_spare``, by their keys, so that a kill costs little."""
        blobs = [vector.tobytes() for vector in vectors]
        with self.database.transaction():
            self.database.run_many(
                "INSERT OR REPLACE INTO spare_vectors (key, checksum, vector) VALUES (?, ?, ?)",
                [(key, checksum(key, blob), blob) for key, blob in zip(keys, blobs, strict=True)],
            )

    def _vector(self, key: bytes, expected: bytes, blob: bytes, dimension: int) -> Vectors:
        if checksum(key, blob) != expected or len(blob) != 4 * dimension:
            raise self._damaged("a vector is not what was written")
        return np.frombuffer(blob, dtype=np.float32)

    def _each_slice(self, sql: str, values: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
        for start in range(0, len(values), _SLICE):
            part = values[start : start + _SLICE]
            yield from self.database.rows(sql.format(",".join("?" * len(part))), part)

    def _insert_document(self, record: DocumentRecord, document: Document) -> int:
        row, layout = record_to_row(record), layout_to_json(document)
        seal = checksum(record.file, record.title, document.text, layout, json.dumps(record.notes))
        values = (*row, checksum(*row), seal, layout, document.text)
        return self.database.run(
            f"INSERT INTO documents ({RECORD_COLUMNS}, record_checksum, checksum, layout, text) "
            f"VALUES ({','.join('?' * len(values))})",
            values,
        )

    def _insert_chunk(
        self, document: int, record: DocumentRecord, chunk: Chunk, vector: bytes
    ) -> None:
        heading = json.dumps(chunk.heading)
        place = (chunk.id, chunk.start, chunk.end, chunk.page, heading)
        seal = checksum(record.file, record.title, *place, chunk.context, chunk.text)
        row = self.database.run(
            "INSERT INTO chunks (document, id, start, end, page, heading, checksum, context, text) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (document, *place, seal, chunk.context, chunk.text),
        )
        self.database.run(
            "INSERT INTO words (rowid, context, text) VALUES (?, ?, ?)",
            (row, chunk.context, chunk.text),
        )
        key = text_key(chunk.indexed_text)
        self.database.run(
            "INSERT INTO vectors (row, key, checksum, vector) VALUES (?, ?, ?, ?)",
            (row, key, checksum(key, vector), vector),
        )

    def _delete(self, file: str) -> None:
        for (number,) in self.database.rows("SELECT id FROM documents WHERE file = ?", (file,)):
            rows = "SELECT row FROM chunks WHERE document = ?"
            self.database.run(
                "INSERT INTO words (words, rowid, context, text) "
                "SELECT 'delete', row, context, text FROM chunks WHERE document = ?",
                (number,),
            )
            self.database.run(f"DELETE FROM vectors WHERE row IN ({rows})", (number,))
            self.database.run("DELETE FROM chunks WHERE document = ?", (number,))
            self.database.run("DELETE FROM documents WHERE id = ?", (number,))
            self._set("unmerged", "1")
            self._bump()

    def _set(self, key: str, value: str) -> None:
        self.database.run(
            "INSERT OR REPLACE INTO meta (key, checksum, value) VALUES (?, ?, ?)",
            (key, checksum(key, value), value),
        )

    def _bump(self) -> None:
        self._set("revision", str(self.revision() + 1))

    def _damaged(self, what: str) -> LibraryDamaged:
        return LibraryDamaged(damage_line(self.database.path, what))
