"""Markdown is read as a person sees it, without its marks."""

from pathlib import Path

import pytest

from ingest.loaders import load
from ingest.types import Document

SOURCE = """---
title: "The *Company* Guide"
author: nobody
---

# Leave

Every employee has **28 days** of _paid_ leave, see [the form](http://x.example/form "t")
and ![a chart](chart.png).

## How to ask

1. Fill in `form A`.
2. Send it:
   - by mail
   - by post

| Year | Days |
|------|-----:|
| 2025 | 27   |
| 2026 | **28** |

```python
def days(year):

    return 28
```

<div class="note"><p>Ask <b>early</b>.</p><script>alert(1)</script></div>

> Quoted line<br>and another.
"""


@pytest.fixture
def document(tmp_path: Path) -> Document:
    """Return the guide as it is loaded."""
    path = tmp_path / "guide.md"
    path.write_text(SOURCE)
    return load(path)


def test_text_is_what_a_person_reads(document: Document) -> None:
    """Marks, link targets, front matter and scripts are gone; lists, tables and code remain."""
    assert document.text == (
        "Leave\n\n"
        "Every employee has 28 days of paid leave, see the form and a chart.\n\n"
        "How to ask\n\n"
        "1. Fill in form A.\n"
        "2. Send it:\n"
        "  - by mail\n"
        "  - by post\n\n"
        "Year | Days\n2025 | 27\n2026 | 28\n\n"
        "def days(year):\n\n    return 28\n\n"
        "Ask early.\n\n"
        "Quoted line\nand another."
    )


def test_title_comes_from_front_matter(document: Document) -> None:
    """The title that the author gave goes before the first heading."""
    assert document.title == "The *Company* Guide"


def test_title_falls_back_to_the_first_heading(tmp_path: Path) -> None:
    """Without front matter the first heading names the document."""
    path = tmp_path / "x.md"
    path.write_text("Intro.\n\nOur Rules\n=========\n\nBe kind.\n")

    assert load(path).title == "Our Rules"


def test_headings_have_level_and_place(document: Document) -> None:
    """Each heading points to its own words."""
    assert [(heading.level, heading.title) for heading in document.headings] == [
        (1, "Leave"),
        (2, "How to ask"),
    ]
    for heading in document.headings:
        assert document.text[heading.start :].startswith(heading.title)


def test_tables_and_code_are_solid(document: Document) -> None:
    """The spans that should not be cut inside a line are exactly the table and the code."""
    assert [document.text[span.start : span.end] for span in document.solid] == [
        "Year | Days\n2025 | 27\n2026 | 28",
        "def days(year):\n\n    return 28",
    ]


def test_text_nested_too_deeply_is_not_dropped(tmp_path: Path) -> None:
    """Markdown that no parser follows is read as plain text, and the report says so."""
    path = tmp_path / "deep.md"
    path.write_text(">" * 10_000 + " end\n\n" + "- " * 5_000 + "item\n\n" + "[" * 5_000)

    document = load(path)

    assert "end" in document.text and "item" in document.text
    assert document.notes == ("nested too deeply for Markdown: read as plain text",)
