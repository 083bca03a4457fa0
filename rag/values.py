"""The values that a text states: sums, times, dates, measures, counts, and names of people.

Two values are compared by what they say, not by how it is written: "two weeks" are 14 days, "9 pm"
is 21:00, and "14 March 2026" says more than "14 March" but nothing else.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
).split()
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_SPELT = {word: float(n) for n, word in enumerate(_ONES)} | {
    word: 10.0 * n for n, word in enumerate(_TENS, start=2)
}
_SCALES = {"hundred": 1e2, "thousand": 1e3, "k": 1e3}
_SCALES |= {"million": 1e6, "m": 1e6, "billion": 1e9, "bn": 1e9}
_PAST = {"half past": 30, "quarter past": 15, "quarter to": -15}
_UNITS = {
    name: (kind, size)
    for kind, size, names in (
        ("money", 1, "pound euro dollar"),
        ("money", 0.01, "penny pence cent"),
        ("duration", 1 / 3600, "second"),
        ("duration", 1 / 60, "minute"),
        ("duration", 1, "hour"),
        ("duration", 24, "day"),
        ("duration", 168, "week"),
        ("duration", 336, "fortnight"),
        ("duration", 730, "month"),
        ("duration", 8760, "year"),
        ("length", 0.001, "mm millimetre millimeter"),
        ("length", 0.01, "cm centimetre centimeter"),
        ("length", 0.0254, "inch"),
        ("length", 0.3048, "ft foot feet"),
        ("length", 1, "m metre meter"),
        ("length", 1000, "km kilometre kilometer"),
        ("length", 1609.344, "mile"),
        ("area", 1, "m²"),
        ("weight", 0.001, "g gram"),
        ("weight", 1, "kg kilo kilogram"),
        ("weight", 1000, "ton tonne"),
        ("volume", 0.001, "ml millilitre milliliter"),
        ("volume", 1, "l litre liter"),
        ("data", 1e3, "kB KB kilobyte"),
        ("data", 1e6, "MB megabyte"),
        ("data", 1e9, "GB gigabyte"),
        ("temperature", 1, "° °C"),
        ("share", 0.01, "% percent"),
        ("share", 0.1, "tenth"),
        ("share", 0.2, "fifth"),
        ("share", 0.25, "quarter"),
        ("share", 1 / 3, "third"),
    )
    for name in names.split()
}
_UNITS["per cent"] = _UNITS["percent"]

_DIGITS = r"(?<![\w.,–-])(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?![.,–-]?\d)"
_TWENTY_ONE = rf"(?:{'|'.join(_TENS)})(?:-(?:{'|'.join(_ONES[1:10])}))?"
_WORDS = rf"(?<![\w-])(?i:{_TWENTY_ONE}|{'|'.join(_ONES)})(?!\w)"
_SCALE = r"(?: (?P<scale>hundred|thousand|million|billion)\b)?"
_A = "|".join(rf"(?<=\b{word} )an?\b" for word in "for in within than of least after under".split())
_UNIT = "|".join(
    rf"(?i:{re.escape(name)})(?:e?s)?" if len(name) > 2 else re.escape(name) for name in _UNITS
)
_HOUR = rf"(?P<hour>(?<![\w.,:])\d{{1,2}}|\b(?i:{'|'.join(_ONES[1:13])}))"
_HALF = r"(?: ?(?P<half>[ap])\.?m\b\.?| (?:in the|at) (?P<part>morning|afternoon|evening|night)\b)"
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})\b"
_DAY = r"(?<![\w.,])(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?:,? (?P<year>[12]\d{3})\b)?"
_ON = rf"(?:\b(?:{'|'.join(_WEEKDAYS)}),? (?:the )?)?"


@dataclass(frozen=True, slots=True)
class Value:
    """What characters ``start:end`` of a text state.

    ``reading`` is what they say: of a ``date`` the year, month and day, 0 where not said; of a
    ``time`` the minutes of the day that it may be; of a ``weekday`` its number; of a ``name``
    nothing, since its ``words`` say it; of a ``count`` or a measure the amount in one unit a kind.
    """

    kind: str
    reading: tuple[float, ...]
    start: int
    end: int
    words: frozenset[str] = frozenset()

    def agrees(self, other: "Value") -> bool | None:
        """Whether two values say the same; None where they cannot be compared."""
        if self.kind != other.kind:
            return None
        if self.kind == "name":
            return bool(self.words & other.words)
        if self.kind == "time":
            return bool(set(self.reading) & set(other.reading))
        pairs = list(zip(self.reading, other.reading, strict=True))
        if self.kind == "date":
            said = [a == b for a, b in pairs if a and b]
            return all(said) if said else None
        return all(abs(a - b) <= 0.001 * max(a, b) for a, b in pairs)


_Said = tuple[str, tuple[float, ...]]


def values_of(text: str) -> list[Value]:
    """Return the values of a text in order; names are not among them."""
    spaced = re.sub(r"\s", " ", text)
    found: list[Value] = []
    for pattern, read in _FORMS:
        for match in pattern.finditer(spaced):
            free = all(match.start() >= v.end or match.end() <= v.start for v in found)
            said = read(match) if free else None
            if said is not None:
                found.append(Value(*said, *match.span()))
    return sorted(found, key=lambda value: value.start)


def names_of(text: str) -> list[Value]:
    """Return the names of two or more words that a text holds, as people have them."""
    found = []
    for match in re.finditer(r"\b[A-Z][\w’'-]+(?:\s(?:[A-Z]\.|[A-Z][\w’'-]+))+", text):
        words = frozenset(re.findall(r"[\w’'-]{2,}", match.group().lower()))
        found.append(Value("name", (), *match.span(), words))
    return found


def _date(match: "re.Match[str]") -> _Said:
    day, month, year = (match.groupdict().get(part) for part in ("day", "month", "year"))
    number = 0 if not month else int(month) if month.isdigit() else _MONTHS.index(month) + 1
    return "date", (float(year or 0), float(number), float(day or 0))


def _time(match: "re.Match[str]") -> _Said:
    """Read a time of day; without morning or evening, an hour up to 12 may be either."""
    part = match.groupdict()
    hour = _number(part["hour"].lower())
    minute = float(part.get("minute") or 0) + _PAST.get((part.get("past") or "").lower(), 0)
    morning, evening = 60 * (hour % 12) + minute, 60 * (hour % 12 + 12) + minute
    if part["half"] or part["part"]:
        return "time", (morning if "a" == part["half"] or part["part"] == "morning" else evening,)
    return "time", (morning, evening) if 0 < hour <= 12 else (60 * hour + minute,)


def _named_time(match: "re.Match[str]") -> _Said:
    return "time", (720.0 if match.group().lower() == "noon" else 0.0,)


def _weekday(match: "re.Match[str]") -> _Said:
    return "weekday", (float(_WEEKDAYS.index(match["day"])),)


def _money(match: "re.Match[str]") -> _Said:
    return "money", (_number(match["amount"]) * _SCALES.get(match["scale"], 1.0),)


def _nothing(match: "re.Match[str]") -> _Said:
    return "money", (0.0,)


def _measure(match: "re.Match[str]") -> _Said:
    unit = match["unit"]
    forms = (unit, unit.lower(), unit.lower().removesuffix("s"), unit.lower().removesuffix("es"))
    kind, size = next(_UNITS[form] for form in forms if form in _UNITS)
    amount = _number(match["amount"].lower()) * _SCALES.get(match["scale"], 1.0)
    if match["square"]:
        return "area", (amount * size**2,)
    return kind, (amount * size,)


def _count(match: "re.Match[str]") -> _Said | None:
    """Read a number without a unit, unless it numbers an item of a list."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    if not before.strip(" (#") and after[:1] in (".", ")"):
        return None
    return "count", (_number(match["amount"].lower()) * _SCALES.get(match["scale"], 1.0),)


def _number(text: str) -> float:
    """Return the value of digits, of a number word, or of "a" and "half a"."""
    tens, _, ones = text.partition("-")
    if tens in _SPELT:
        return _SPELT[tens] + _SPELT.get(ones, 0.0)
    if text in ("a", "an"):
        return 1.0
    return 0.5 if text.startswith("half") else float(text.replace(",", ""))


_FORMS: tuple[tuple["re.Pattern[str]", Callable[["re.Match[str]"], _Said | None]], ...] = tuple(
    (re.compile(form), read)
    for form, read in (
        (r"(?<![\w-])(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?![\w-])", _date),
        (rf"{_ON}{_DAY} (?:of )?{_MONTH}{_YEAR}", _date),
        (rf"{_ON}\b{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:){_YEAR}", _date),
        (rf"\b{_MONTH}{_YEAR}", _date),
        (rf"\b(?P<day>{'|'.join(_WEEKDAYS)})(?:s\b|\b)", _weekday),
        (rf"\b(?P<past>(?i:{'|'.join(_PAST)})) {_HOUR}\b{_HALF}?", _time),
        (rf"{_HOUR}:(?P<minute>[0-5]\d)(?![\d:]){_HALF}?", _time),
        (rf"{_HOUR}(?:\.(?P<minute>[0-5]\d))?{_HALF}", _time),
        (rf"{_HOUR} o['’]clock\b{_HALF}?", _time),
        (r"\b(?i:noon|midnight)\b", _named_time),
        (rf"[£$€¥] ?(?P<amount>{_DIGITS})(?: ?(?P<scale>thousand|[mb]illion|bn|[km])\b)?", _money),
        (r"(?i)\b(?:free of charge|for free|(?:is|are) free(?! (?:of|to|from)))\b", _nothing),
        (
            rf"(?P<amount>{_DIGITS}|{_WORDS}|(?i:half an?\b)|{_A}){_SCALE}[ -]?"
            rf"(?:(?:working|calendar|business) |(?P<square>square ))?(?P<unit>{_UNIT})(?!\w)",
            _measure,
        ),
        (r"(?<![\w.,/–-])(?P<year>1[5-9]\d\d|20\d\d)(?![\w%/–-]|[.,]\d)", _date),
        (rf"(?P<amount>{_DIGITS}|{_WORDS}){_SCALE}", _count),
    )
)
