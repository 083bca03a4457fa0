"""One SQLite file: its schema, its connection, and its errors put into this project's words.

The rollback journal is used, not the write-ahead log: before SQLite 3.51.3 the latter could lose
a commit when it was reset.
"""

import shlex
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ingest.errors import LibraryDamaged, LibraryError, LibraryLocked

APPLICATION_ID = 0x466F6F74  # "Foot"
FORMAT = 1
BUSY_SECONDS = 30.0

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, checksum BLOB NOT NULL, value TEXT NOT NULL);
CREATE TABLE documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    file TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    title TEXT NOT NULL,
    reason TEXT NOT NULL,
    chunks INTEGER NOT NULL,
    pages INTEGER NOT NULL,
    notes TEXT NOT NULL,
    trusted INTEGER NOT NULL,
    record_checksum BLOB NOT NULL,
    checksum BLOB NOT NULL,
    layout TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE TABLE chunks (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    document INTEGER NOT NULL REFERENCES documents (id),
    id TEXT NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    page INTEGER,
    heading TEXT NOT NULL,
    checksum BLOB NOT NULL,
    context TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX chunks_document ON chunks (document);
CREATE TABLE vectors (
    row INTEGER PRIMARY KEY REFERENCES chunks (row),
    key BLOB NOT NULL,
    checksum BLOB NOT NULL,
    vector BLOB NOT NULL
);
CREATE INDEX vectors_key ON vectors (key);
CREATE TABLE spare_vectors (key BLOB PRIMARY KEY, checksum BLOB NOT NULL, vector BLOB NOT NULL);
CREATE VIRTUAL TABLE words USING fts5 (
    context, text, content='chunks', content_rowid='row', tokenize='porter unicode61'
);
"""

_FULL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
_REFUSED = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)


class Database:
    """One connection, shared by the threads of this process under a lock.

    Raises errors of the LibraryError family only. A row that was deleted is overwritten in the
    file, not just forgotten.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        with self._translated():
            self._connection = sqlite3.connect(
                path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("PRAGMA secure_delete = ON")
            self._connection.execute("PRAGMA synchronous = EXTRA")

    def close(self) -> None:
        """Close the file; may be called twice."""
        with self._lock:
            self._connection.close()

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of one statement."""
        with self._lock, self._translated():
            return self._connection.execute(sql, parameters).fetchall()

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Run one statement and return the id of the row that it inserted, if any."""
        with self._lock, self._translated():
            return self._connection.execute(sql, parameters).lastrowid or 0

    def run_many(self, sql: str, parameters: Sequence[Sequence[Any]]) -> None:
        """Run one statement for each set of parameters."""
        with self._lock, self._translated():
            self._connection.executemany(sql, parameters)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what the block does as a whole, or nothing of it.

        Other threads of this process wait until the block ends, so they never see half of it.
        """
        with self._between("BEGIN IMMEDIATE"):
            yield

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let all reads of the block see one state, whatever other processes commit."""
        with self._between("BEGIN"):
            yield

    @contextmanager
    def _between(self, begin: str) -> Iterator[None]:
        with self._lock:
            with self._translated():
                self._connection.execute(begin)
            try:
                yield
                with self._translated():
                    self._connection.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise

    def create_schema(self) -> None:
        """Lay out an empty database, within the transaction that is open."""
        for statement in SCHEMA.split(";\n"):
            self.run(statement)
        self.run(f"PRAGMA application_id = {APPLICATION_ID}")
        self.run(f"PRAGMA user_version = {FORMAT}")

    def application(self) -> tuple[int, int]:
        """Return the application id and the format version; both 0 in a database without schema."""
        (application,) = self.rows("PRAGMA application_id")[0]
        (version,) = self.rows("PRAGMA user_version")[0]
        return application, version

    def is_blank(self) -> bool:
        """Return whether nothing was ever written here."""
        return not self.rows("SELECT 1 FROM sqlite_master LIMIT 1")

    def check(self) -> None:
        """Raise LibraryDamaged when the file's structure or its word index is broken."""
        problems = [line for (line,) in self.rows("PRAGMA integrity_check(1)") if line != "ok"]
        if problems:
            raise LibraryDamaged(damage_line(self.path, problems[0]))
        self.run("INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")

    def _roll_back(self) -> None:
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error:  # the journal stays, and the next open rolls back by it
            self._connection.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _translate(self.path, error) from error
        except UnicodeDecodeError as error:  # even the text of an error can be damaged
            raise LibraryDamaged(damage_line(self.path, "its text cannot be decoded")) from error
        except UnicodeEncodeError as error:
            raise LibraryError(
                f"{error.object!r} holds characters that cannot be stored in {self.path.parent}: "
                f"leave them out"
            ) from error


def ingest_command(library: Path, folder: str = "", rebuild: bool = False) -> str:
    """Return the command line that makes or mends a library, to be shown to a person."""
    words = ["footnote", "ingest", shlex.quote(folder) if folder else "FOLDER"]
    words += ["--library", shlex.quote(str(library)), *(["--rebuild"] if rebuild else [])]
    return f"`{' '.join(words)}`"


def damage_line(database: Path, what: str) -> str:
    """Return the one line that tells of damage and of the command that mends it."""
    library = database.parent
    return (
        f"the library in {library} is damaged ({what}): run {ingest_command(library, rebuild=True)}"
    )


def _translate(path: Path, error: sqlite3.Error) -> LibraryError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    library = path.parent
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LibraryLocked(
            f"another program holds the library in {library}: wait until it is done and try again"
        )
    if code in _FULL:
        return LibraryError(
            f"the library in {library} could not be written ({error}): "
            f"free some space and run the same command again; what was done is kept"
        )
    if code in _REFUSED:
        return LibraryError(
            f"the library in {library} cannot be opened for this ({error}): "
            f"check the permissions of its files"
        )
    undecodable = code == 0 and isinstance(error, sqlite3.OperationalError)
    if code in _DAMAGED or undecodable:
        return LibraryDamaged(damage_line(path, str(error)))
    return LibraryError(f"the library in {library} failed ({error}): try again")
