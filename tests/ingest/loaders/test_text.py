"""Plain text keeps its characters; its layout shows title and headings."""

from pathlib import Path

from ingest.loaders import load
from ingest.types import Heading

NOTES = """Garden Plan
===========

Tomatoes go to the south wall.

WATERING AND FEEDING

Twice a week.

Autumn
------

Plant garlic in October.
"""


def test_text_is_kept_as_it_is(tmp_path: Path) -> None:
    """Not a character of a plain text is changed."""
    path = tmp_path / "garden.txt"
    path.write_text(NOTES)

    assert load(path).text == NOTES


def test_layout_shows_title_and_headings(tmp_path: Path) -> None:
    """Underlined lines and lone lines in capitals are headings at their exact place."""
    path = tmp_path / "garden.txt"
    path.write_text(NOTES)

    document = load(path)

    assert document.title == "Garden Plan"
    assert document.headings == (
        Heading(1, "Garden Plan", 0),
        Heading(1, "WATERING AND FEEDING", NOTES.index("WATERING")),
        Heading(2, "Autumn", NOTES.index("Autumn")),
    )


def test_first_sentence_is_no_title(tmp_path: Path) -> None:
    """A paragraph of one line that ends like a sentence does not name the document."""
    path = tmp_path / "diary.txt"
    path.write_text("It rained all day.\n\nThen the sun came out.")

    assert load(path).title == "diary"


def test_title_of_several_lines_is_joined(tmp_path: Path) -> None:
    """The lines above the first blank line name the document together."""
    path = tmp_path / "equipment.txt"
    path.write_text("TARNBROOK INSTRUMENTS\nEquipment and tools\n\nEveryone gets a desk.\n")

    assert load(path).title == "TARNBROOK INSTRUMENTS Equipment and tools"
