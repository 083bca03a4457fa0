"""What office files draw: charts as tables of their figures, diagrams as their words."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from ingest.loaders.builder import DocumentBuilder
from ingest.loaders.office_table import table_text
from ingest.loaders.office_xml import (
    attribute,
    child,
    children,
    descendants,
    joined,
    local,
    relation_id,
    shown_alternative,
    whole_number,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

PartOf: TypeAlias = "Callable[[str | None], _Element | None]"

MAX_POINTS = 2_000  # of one series; a chart with more is no table to read


def text_boxes(drawn: "_Element") -> "Iterator[_Element]":
    """Yield the contents of text boxes; one that is stored in two forms comes once."""
    for element in drawn:
        kind = local(element)
        if kind == "txbxContent":
            yield element
        elif kind == "AlternateContent":
            shown = shown_alternative(element)
            if shown is not None:
                yield from text_boxes(shown)
        else:
            yield from text_boxes(element)


def write_drawing(drawn: "_Element", part: PartOf, builder: DocumentBuilder) -> int:
    """Write the charts and diagrams of a drawing; return how many pictures are in it.

    ``part`` gives the root of the part that a relation leads to, None where there is none.
    """
    for link, name, write in (("chart", "id", write_chart), ("relIds", "dm", write_diagram)):
        for element in descendants(drawn, link):
            root = part(relation_id(element, name))
            if root is not None:
                write(root, builder)
    return sum(1 for name in ("blip", "imagedata") for _ in descendants(drawn, name))


def write_chart(root: "_Element", builder: DocumentBuilder) -> None:
    """Write a chart's title and a table of its series, by the values stored with it."""
    chart = child(root, "chart")
    builder.paragraph(_words(child(chart, "title")))
    columns: list[tuple[str, dict[int, str]]] = []
    names: dict[int, str] = {}
    for series in descendants(root, "ser"):
        names = names or _points(child(series, "cat")) or _points(child(series, "xVal"))
        values = _points(child(series, "val")) or _points(child(series, "yVal"))
        columns.append((" ".join(_points(child(series, "tx")).values()), values))
    rows = sorted({*names, *(index for _, values in columns for index in values)})
    lines = [["", *(name or f"Series {i}" for i, (name, _) in enumerate(columns, start=1))]]
    lines += [[names.get(row, ""), *(values.get(row, "") for _, values in columns)] for row in rows]
    if rows:
        builder.solid(table_text(lines))


def write_diagram(root: "_Element", builder: DocumentBuilder) -> None:
    """Write the words of a diagram's shapes, one paragraph each."""
    for point in descendants(root, "pt"):
        builder.paragraph(_words(child(point, "t")))


def _words(element: "_Element | None") -> str:
    """Return the text of DrawingML on one line."""
    if element is None:
        return ""
    paragraphs = (
        "".join(text.text or "" for text in descendants(paragraph, "t"))
        for paragraph in descendants(element, "p")
    )
    return joined(" ".join(paragraphs))


def _points(element: "_Element | None") -> dict[int, str]:
    """Return the values stored for a part of a series, by their places."""
    found: dict[int, str] = {}
    for point in () if element is None else descendants(element, "pt"):
        index = whole_number(attribute(point, "idx"), -1)
        if 0 <= index < MAX_POINTS and local(point.getparent()) != "lvl":
            found[index] = _figure(joined(_value(point)))
    for level in () if element is None else descendants(element, "lvl"):
        for point in children(level, "pt"):
            index = whole_number(attribute(point, "idx"), -1)
            if 0 <= index < MAX_POINTS:
                found[index] = joined(f"{_value(point)} {found.get(index, '')}")
    return found


def _value(point: "_Element") -> str:
    value = child(point, "v")
    return (value.text or "") if value is not None else ""


def _figure(text: str) -> str:
    """Return a number without the noise of its binary form, anything else as it is."""
    try:
        return f"{float(text):.10g}" if len(text) > 12 and "." in text else text
    except ValueError:
        return text
