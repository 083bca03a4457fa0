"""Jupyter notebooks: text cells as Markdown, code cells as code, text results in short."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ingest.errors import DocumentError
from ingest.loaders.builder import DocumentBuilder
from ingest.loaders.decoding import read_text
from ingest.loaders.html import write_fragment
from ingest.loaders.markdown import write_markdown
from ingest.types import Document

_RESULT_LINES = 20
_RESULT_CHARACTERS = 2_000
_MAX_HTML = 100_000  # characters of a table that a result shows
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_OVERWRITTEN = re.compile(r"^.*\r(?!\n)", re.M)
_IMAGES = ("image/", "png", "jpeg", "svg")


def load(path: Path) -> Document:
    """Read a notebook of format 3 or 4; the title is that of its metadata, else its first heading.

    Raises DocumentError where it is no notebook.
    """
    source, notes = read_text(path)
    if not source.strip():
        return Document(title="", text="")
    try:
        notebook = json.loads(source)
    except ValueError:
        raise DocumentError("damaged: the notebook is not valid JSON") from None
    builder = DocumentBuilder()
    images = 0
    for cell in _cells(notebook):
        images += _write_cell(cell, builder)
        if builder.full:
            break
    if images:
        notes += (f"{images} images without text" if images > 1 else "1 image without text",)
    named = _mapping(_mapping(notebook).get("metadata")).get("title") or ""
    headings = builder.headings
    return builder.build(str(named) or (headings[0].title if headings else ""), notes)


def _cells(notebook: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the cells; format 3 has them in worksheets."""
    top = _mapping(notebook)
    sheets = [top] if "cells" in top else top.get("worksheets")
    if not isinstance(sheets, list):
        raise DocumentError("damaged: the file holds no notebook cells")
    for sheet in sheets:
        cells = _mapping(sheet).get("cells")
        yield from map(_mapping, cells if isinstance(cells, list) else ())


def _write_cell(cell: Mapping[str, Any], builder: DocumentBuilder) -> int:
    """Write a cell and its results; return how many images it shows."""
    source = _text(cell.get("source") or cell.get("input"))
    match cell.get("cell_type"):
        case "code":
            builder.solid(_trimmed(source))
            outputs = cell.get("outputs")
            results = map(_mapping, outputs if isinstance(outputs, list) else ())
            return sum(_write_result(result, builder) for result in results)
        case "heading":
            level = cell.get("level")
            title = " ".join(source.split())
            builder.heading(min(max(level, 1), 6) if isinstance(level, int) else 1, title)
        case "markdown":
            if not write_markdown(source, builder):
                builder.paragraph(source.strip())
        case _:
            builder.solid(_trimmed(source))
    return 0


def _write_result(result: Mapping[str, Any], builder: DocumentBuilder) -> int:
    """Write what a code cell gave, at most the beginning; return 1 for a bare image."""
    data = _mapping(result.get("data")) or result
    kind = result.get("output_type")
    if kind == "stream":
        if result.get("name", result.get("stream")) != "stderr":
            builder.solid(_beginning(_text(result.get("text"))))
        return 0
    if kind in ("error", "pyerr"):
        builder.solid(_beginning(f"{_text(result.get('ename'))}: {_text(result.get('evalue'))}"))
        return 0
    table = _text(data.get("text/html") or data.get("html"))
    if "<table" in table and len(table) <= _MAX_HTML:
        write_fragment(table, builder)
        return 0
    if any(key.startswith(_IMAGES) for key in data):
        return 1
    formatted = _text(data.get("text/markdown"))
    if not formatted or not write_markdown(formatted[:_RESULT_CHARACTERS], builder):
        builder.solid(_beginning(_text(data.get("text/plain") or data.get("text"))))
    return 0


def _beginning(text: str) -> str:
    """Return the first lines of a result, without colours and overwritten progress."""
    text = _trimmed(_OVERWRITTEN.sub("", _ESCAPES.sub("", text)))
    lines = text[:_RESULT_CHARACTERS].split("\n")
    shown = "\n".join(lines[:_RESULT_LINES])
    return shown if len(shown) == len(text) else f"{shown}\n…"


def _trimmed(text: str) -> str:
    """Return lines without the blanks at their ends and without empty lines around them."""
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")


def _text(value: Any) -> str:
    """Return a multi-line string, which notebooks store as a string or as a list of lines."""
    if isinstance(value, list):
        return "".join(part for part in value if isinstance(part, str))
    return value if isinstance(value, str) else ""


def _mapping(value: Any) -> Mapping[str, Any]:
    """Return a JSON object, an empty one where the value is something else."""
    return value if isinstance(value, dict) else {}
