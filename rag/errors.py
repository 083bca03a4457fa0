"""What can go wrong while a question is answered.

ingest.errors.FootnoteError
├── QuestionError   the question cannot be asked as it is
├── ModelError      a model is missing, broken, or cannot be used
└── ExamError       the questions of an exam cannot be used
"""

from ingest.errors import FootnoteError


class QuestionError(FootnoteError):
    """The question is empty or too long."""


class ModelError(FootnoteError):
    """A reader or generator is missing, broken, or cannot be used here."""


class ExamError(FootnoteError):
    """The questions of an exam cannot be read or do not fit the folder."""
