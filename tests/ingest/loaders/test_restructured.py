"""reStructuredText is read as its finished page shows it."""

import time
from pathlib import Path

import pytest

from ingest.loaders import load
from ingest.types import Document

SOURCE = r""".. _top:

=============
Harbour Rules
=============

:Author: Ida Holm
:orphan:

Ships *must* report by ``radio``, see `the list <https://x.example>`_, :ref:`berths <b>`,
:py:func:`~harbour.rules.wait`, link_ and |name| [1]_. The word __init__ and snake_case stay.

.. |name| replace:: Port Vega

Arrival
=======

Call first::

    call(channel=9)

    wait()

Berths
------

- north
  side
- south

  1. inner
  2. outer

#. one
#. two

.. note:: Mind the tide.
   It is strong.

.. code-block:: python
   :linenos:

   tide()

.. function:: wait(hours)
              wait(tide)

   Waits.

   :param hours: how long

.. versionadded:: 3.2
   Also at night.

.. toctree::

   other

.. a comment that
   nobody reads

.. include:: /etc/passwd

.. raw:: html

   <script>x</script>

.. [1] A port.

berth
   A place for a ship.

| first line
| second line

>>> wait(1)
True

Fees
====

A. Holm wrote
this.
"""
TABLES = """
+-------+---------------+
| Berth | Metres        |
+=======+===============+
| North | ninety        |
|       | and a half    |
+-------+---------------+
| closed in winter      |
+-------+---------------+

===== =====
Ship  Crew
===== =====
Vega  9
Mira  *ten*
      men
===== =====

.. csv-table:: Fees
   :header: "Length", "Fee"

   "9, 10", 3

.. list-table::
   :header-rows: 1

   * - Flag
     - Sense
   * - red
     - stay
       away
"""


def read(tmp_path: Path, source: str) -> Document:
    """Return the Document of a file of this source."""
    path = tmp_path / "rules.rst"
    path.write_text(source)
    return load(path)


def test_page_reads_without_marks(tmp_path: Path) -> None:
    """Marks, targets, comments and settings are gone; lists, code and definitions remain."""
    assert read(tmp_path, SOURCE).text == (
        "Harbour Rules\n\nAuthor: Ida Holm\n\n"
        "Ships must report by radio, see the list, berths, wait, link and Port Vega [1]. "
        "The word __init__ and snake_case stay.\n\n"
        "Arrival\n\nCall first:\n\ncall(channel=9)\n\nwait()\n\n"
        "Berths\n\n- north side\n- south\n  1. inner\n  2. outer\n\n1. one\n2. two\n\n"
        "Note\nMind the tide. It is strong.\n\ntide()\n\n"
        "wait(hours)\nwait(tide)\nWaits.\n\nparam hours: how long\n\n"
        "Added in version 3.2: Also at night.\n\n[1] A port.\n\n"
        "berth\nA place for a ship.\n\nfirst line\nsecond line\n\n>>> wait(1)\nTrue\n\n"
        "Fees\n\nA. Holm wrote this."
    )


def test_headings_rank_by_the_order_of_their_styles(tmp_path: Path) -> None:
    """The first style met is the highest; each heading points to its own words."""
    document = read(tmp_path, SOURCE)

    assert document.title == "Harbour Rules"
    assert [(h.level, h.title) for h in document.headings] == [
        (1, "Harbour Rules"),
        (2, "Arrival"),
        (3, "Berths"),
        (2, "Fees"),
    ]
    for heading in document.headings:
        assert document.text[heading.start :].startswith(heading.title)


def test_code_is_solid(tmp_path: Path) -> None:
    """Literal blocks, code and sessions are the spans that should not be cut."""
    document = read(tmp_path, SOURCE)

    assert [document.text[span.start : span.end] for span in document.solid] == [
        "call(channel=9)\n\nwait()",
        "tide()",
        ">>> wait(1)\nTrue",
    ]


def test_four_kinds_of_tables_have_rows(tmp_path: Path) -> None:
    """Tables drawn, simple, of CSV and of lists are all written row by row."""
    document = read(tmp_path, TABLES)

    assert [document.text[span.start : span.end] for span in document.solid] == [
        "Berth | Metres\nNorth | ninety and a half\nclosed in winter",
        "Ship | Crew\nVega | 9\nMira | ten men",
        "Length | Fee\n9, 10 | 3",
        "Flag | Sense\nred | stay away",
    ]


def test_nothing_is_included(tmp_path: Path) -> None:
    """A file named by the text is not read, raw HTML is dropped, and the report counts the file."""
    document = read(tmp_path, SOURCE)

    assert "root:" not in document.text and "script" not in document.text
    assert document.notes == ("included files that were not read: 1",)


def test_unknown_directive_keeps_its_words(tmp_path: Path) -> None:
    """What a dialect adds is text until something better is known."""
    text = read(tmp_path, ".. tide-box:: High water\n   :size: 3\n\n   Comes at *noon*.\n").text

    assert text == "High water\nComes at noon."


@pytest.mark.parametrize(
    "source",
    [
        "* " * 3_000 + "end",
        "`" * 60_000,
        "a." * 40_000,
        "|" * 60_000,
        "** a " * 20_000,
        "=\n" * 40_000,
    ],
)
def test_hostile_marks_are_read_quickly(source: str, tmp_path: Path) -> None:
    """Marks without an end do not keep the reader busy."""
    began = time.process_time()
    read(tmp_path, f"{source}\n\nlast words")

    assert time.process_time() - began < 5
