"""Notebooks give their text, their code and the beginning of their results."""

import json
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import DocumentError
from ingest.loaders import load
from ingest.types import Document

FRAME = "<div><table><tr><th>Year</th><th>Sales</th></tr><tr><td>2026</td><td>41</td></tr></table>"
CELLS: list[dict[str, Any]] = [
    {"cell_type": "markdown", "source": ["# Sales\n", "\n", "All **figures** are net."]},
    {
        "cell_type": "code",
        "source": "frame = read()\nframe",
        "outputs": [
            {"output_type": "stream", "name": "stderr", "text": "Deprecated!"},
            {
                "output_type": "stream",
                "name": "stdout",
                "text": ["10%\r100%\n", "\x1b[32mdone\x1b[0m\n"],
            },
            {"output_type": "execute_result", "data": {"text/html": [FRAME], "text/plain": "x"}},
            {
                "output_type": "display_data",
                "data": {"image/png": "iVBO", "text/plain": "<Figure>"},
            },
            {"output_type": "error", "ename": "KeyError", "evalue": "'net'", "traceback": ["..."]},
        ],
    },
    {"cell_type": "markdown", "source": "## Outlook\n\nNext year is open."},
    {"cell_type": "raw", "source": "left as it is"},
]


def read(tmp_path: Path, notebook: object) -> Document:
    """Return the Document of a notebook."""
    path = tmp_path / "sales.ipynb"
    path.write_text(json.dumps(notebook))
    return load(path)


def test_cells_follow_one_another(tmp_path: Path) -> None:
    """Markdown is rendered, results are short and clean, warnings are left out."""
    document = read(tmp_path, {"nbformat": 4, "metadata": {}, "cells": CELLS})

    assert document.text == (
        "Sales\n\nAll figures are net.\n\nframe = read()\nframe\n\n100%\ndone\n\n"
        "Year | Sales\n2026 | 41\n\nKeyError: 'net'\n\n"
        "Outlook\n\nNext year is open.\n\nleft as it is"
    )
    assert document.notes == ("1 image without text",)


def test_headings_and_code_have_their_place(tmp_path: Path) -> None:
    """The first heading names the notebook; code and tables stay whole."""
    document = read(tmp_path, {"nbformat": 4, "cells": CELLS})

    assert document.title == "Sales"
    assert [(h.level, h.title) for h in document.headings] == [(1, "Sales"), (2, "Outlook")]
    for heading in document.headings:
        assert document.text[heading.start :].startswith(heading.title)
    solid = [document.text[span.start : span.end] for span in document.solid]
    assert solid[0] == "frame = read()\nframe"
    assert "Year | Sales\n2026 | 41" in solid


def test_format_three_is_read(tmp_path: Path) -> None:
    """Old notebooks have worksheets, heading cells and other names for the same things."""
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["Old ", "days"]},
        {
            "cell_type": "code",
            "input": ["1 + 1"],
            "outputs": [
                {"output_type": "pyout", "text": ["2"]},
                {"output_type": "display_data", "png": "iVBO"},
            ],
        },
    ]

    document = read(tmp_path, {"nbformat": 3, "worksheets": [{"cells": cells}]})

    assert document.text == "Old days\n\n1 + 1\n\n2"
    assert [(h.level, h.title, h.start) for h in document.headings] == [(2, "Old days", 0)]
    assert document.notes == ("1 image without text",)


def test_long_result_is_cut(tmp_path: Path) -> None:
    """A thousand printed lines do not drown the text."""
    printed = "".join(f"line {n}\n" for n in range(1_000))
    cell = {"cell_type": "code", "source": "go()", "outputs": []}
    cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": printed}]

    text = read(tmp_path, {"cells": [cell]}).text

    assert text.startswith("go()\n\nline 0\nline 1\n") and text.endswith("line 19\n…")


@pytest.mark.parametrize("notebook", [[], {"cells": 3}, {"nbformat": 4}, {"worksheets": "no"}])
def test_json_without_cells_is_refused_or_empty(notebook: object, tmp_path: Path) -> None:
    """Something else named .ipynb gives a reason."""
    with pytest.raises(DocumentError, match="^(damaged: the file holds no notebook cells|empty)$"):
        read(tmp_path, notebook)


def test_half_a_notebook_is_damaged(tmp_path: Path) -> None:
    """A file that was cut off is told from an empty one."""
    path = tmp_path / "cut.ipynb"
    path.write_text('{"cells": [{"cell_type": "mark')

    with pytest.raises(DocumentError, match="^damaged: the notebook is not valid JSON$"):
        load(path)
