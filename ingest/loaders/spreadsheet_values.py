"""The values of cells as a person reads them: whole numbers plain, dates in ISO form."""

import datetime
import re

from ingest.loaders.office_xml import joined

_FIGURE = re.compile(
    r"[-+(]?\s?[€$£¥]?\s?[-+]?(?:\d{1,3}(?:[,.'\u2019 ]\d{3})+|\d+)?(?:[.,]\d+)?(?:[eE][-+]?\d+)?"
    r"\s?(?:%|€|\$|£|¥|[A-Z]{3})?\)?"
    r"|\d{1,4}[-./]\d{1,2}[-./]\d{1,4}"
    r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[-+]\d\d:?\d\d)?)?"
    r"|\d{1,3}:\d{2}(?::\d{2})?"
)

Moment = datetime.datetime | datetime.date | datetime.time | datetime.timedelta
Value = str | bool | int | float | Moment


class Figure(str):
    """The text of a cell that holds a number, a date or a truth value rather than words."""

    __slots__ = ()


def shown(value: Value, percent: bool = False) -> str:
    """Return the text of a cell: a Figure where it holds no words.

    ``percent`` says that a number is shown in hundredths.
    """
    if isinstance(value, str):
        return classified(joined(value))
    if isinstance(value, bool):
        return Figure(str(value).upper())
    if isinstance(value, int | float):
        return Figure(f"{_number(value * 100)}%" if percent else _number(value))
    return Figure(_moment(value))


def classified(text: str) -> str:
    """Return the text as a Figure where it reads as one."""
    is_figure = text[:1] and _FIGURE.fullmatch(text) and any(map(str.isdigit, text))
    return Figure(text) if is_figure or text.lower() in ("true", "false") else text


def _number(value: int | float) -> str:
    """Return a number without a needless ".0" and without the noise of its binary form."""
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15):
        return str(int(value))
    return f"{value:.15g}"


def _moment(value: Moment) -> str:
    """Return a date, a time or a length of time; parts that are zero are left out."""
    if isinstance(value, datetime.timedelta):
        seconds = round(value.total_seconds())
        sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
        text = f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}"
        return f"{text}:{seconds % 60:02d}" if seconds % 60 else text
    if isinstance(value, datetime.datetime):
        if value.time() == datetime.time():
            return value.date().isoformat()
        return value.isoformat(" ", "seconds" if value.second else "minutes")
    if isinstance(value, datetime.time):
        return value.isoformat("seconds" if value.second else "minutes")
    return value.isoformat()
