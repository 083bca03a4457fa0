"""Search by words: BM25 over the stemmed words of each chunk, by SQLite's FTS5.

A question is plain text, not query syntax: its words are taken out and each is quoted, so no
character of it can mean anything to FTS5.
"""

import json
import re
import unicodedata
from collections.abc import Sequence

from ingest.database import Database

MAX_WORDS = 64  # distinct words of a question; the rest of a very long one is not searched for
COMMON_SHARE = 10  # a word in more than one chunk of so many says little
COMMON_FLOOR = 20  # but in so few chunks no word is common
_MAX_CHARACTERS = 20_000
_WORD = re.compile(r"\w+")


def question_words(question: str) -> list[str]:
    """Return the distinct words of a question, lower case, in order, at most MAX_WORDS."""
    plain = unicodedata.normalize("NFC", question[:_MAX_CHARACTERS])
    words = dict.fromkeys(_WORD.findall(plain.lower()))
    return [word for word in words if word.strip("_")][:MAX_WORDS]


def search_words(
    database: Database, question: str, limit: int, files: Sequence[str] | None, chunks: int
) -> list[tuple[int, float]]:
    """Return up to ``limit`` pairs of row and BM25 score, the larger the better, best first.

    ``chunks`` is the size of the library: words found in more than a tenth of it are left out,
    unless no other word of the question is found at all.
    """
    kept = _telling(database, question_words(question), max(chunks // COMMON_SHARE, COMMON_FLOOR))
    if not kept or limit <= 0:
        return []
    sql = "SELECT rowid, -bm25(words) AS score FROM words WHERE words MATCH ?"
    parameters: list[object] = [" OR ".join(map(_quoted, kept))]
    if files is not None:
        sql += (
            " AND +rowid IN (SELECT row FROM chunks JOIN documents ON documents.id = document"
            " WHERE file IN (SELECT value FROM json_each(?)))"
        )
        parameters.append(json.dumps(list(files)))
    sql += " ORDER BY score DESC, rowid LIMIT ?"
    return [(row, score) for row, score in database.rows(sql, [*parameters, limit])]


def _telling(database: Database, words: list[str], most: int) -> list[str]:
    """Return the words that are found in at most ``most`` chunks, or else all that are found."""
    sql = "SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)"
    found = {word: database.rows(sql, (_quoted(word), most + 1))[0][0] for word in words}
    rare = [word for word, count in found.items() if 0 < count <= most]
    return rare or [word for word, count in found.items() if count]


def _quoted(word: str) -> str:
    return f'"{word}"'
