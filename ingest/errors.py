"""What can go wrong below a question.

FootnoteError
├── SettingsError       a setting is unknown or has a wrong value
├── FolderError         the folder to ingest is missing, empty or not a folder
├── LibraryError
│   ├── LibraryMissing  nothing was ingested there yet
│   ├── LibraryMismatch made by another embedder, chunking or format version
│   ├── LibraryLocked   another ingest is writing
│   └── LibraryDamaged  a stored file is not what was written
├── EmbedderError       the embedding model is missing or not the one it claims to be
└── DocumentError       one file cannot be read; data for the ingest report, never raised out of it

A message says what happened, where, and what to do next, in one line.
"""


class FootnoteError(Exception):
    """Any error that a user can act upon; its text is one complete line."""


class SettingsError(FootnoteError):
    """A setting is unknown or has a value that cannot be used."""


class FolderError(FootnoteError):
    """The folder to ingest does not exist, cannot be read, or holds nothing to read."""


class LibraryError(FootnoteError):
    """The library cannot be used as asked."""


class LibraryMissing(LibraryError):
    """No library exists at the place given."""


class LibraryMismatch(LibraryError):
    """The library was made with another embedder, chunking or format version."""


class LibraryLocked(LibraryError):
    """Another process is writing to the library."""


class LibraryDamaged(LibraryError):
    """A file of the library is not what was written."""


class EmbedderError(FootnoteError):
    """The embedding model is missing, broken, or not the one its name promises."""


class DocumentError(FootnoteError):
    """One document cannot be read; the text is the reason shown in the ingest report."""
