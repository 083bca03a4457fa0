"""Filling chunks with pieces, in order, so that tables stay whole and no crumbs are left."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from ingest.sections import CHARACTERS_PER_TOKEN, Piece

Run = list[Piece]
_MAX_LEADS = 2


def packed(pieces: Sequence[Piece], limit: int, small: int) -> list[Run]:
    """Return runs of pieces of at most ``limit`` tokens each, as few as greedy packing makes.

    A table or code that fits into one run is not cut, unless a run of fewer than ``small`` tokens
    would be left before it. A last run below ``small`` takes pieces from the one before.
    """
    runs: list[Run] = [[]]
    for unit in _units(pieces, limit):
        crumb = not _fits(runs[-1] + unit, limit) and _tokens(runs[-1]) < small
        for part in [[piece] for piece in unit] if crumb else [unit]:
            _add(runs, part, limit)
    if len(runs) > 1 and _tokens(runs[-1]) < small:
        runs[-2:] = _balanced(runs[-2] + runs[-1], limit)
    return runs


def _units(pieces: Sequence[Piece], limit: int) -> Iterator[Run]:
    """Yield what should stay together: a table that fits into a chunk, else a single piece."""
    for solid, group in groupby(pieces, key=lambda piece: piece.solid):
        members = list(group)
        if solid is not None and _fits(members, limit):
            yield members
        else:
            yield from ([piece] for piece in members)


def _add(runs: list[Run], unit: Run, limit: int) -> None:
    """Put a unit into the last run where it fits, else into a new one, with what leads to it."""
    last = runs[-1]
    if not last or _fits(last + unit, limit):
        last += unit
        return
    start = len(last)
    while start > 1 and len(last) - start < _MAX_LEADS and last[start - 1].leads:
        start -= 1
    while start < len(last) and not _fits(last[start:] + unit, limit):
        start += 1
    runs.append(last[start:] + unit)
    del last[start:]


def _balanced(pieces: Run, limit: int) -> list[Run]:
    """Return two runs as even as whole pieces allow, cut at a better place where there is one."""
    cuts = [cut for cut in range(1, len(pieces)) if _fits(pieces[:cut], limit)]
    cuts = [cut for cut in cuts if _fits(pieces[cut:], limit)]
    best = min(cuts, key=lambda cut: _cost(pieces, cut, limit))
    return [pieces[:best], pieces[best:]]


def _cost(pieces: Run, cut: int, limit: int) -> int:
    """Return how bad a cut is: uneven, through a table, or after what leads on."""
    before, after = pieces[cut - 1], pieces[cut]
    through = before.solid is not None and before.solid == after.solid
    uneven = abs(_tokens(pieces[:cut]) - _tokens(pieces[cut:]))
    return uneven + limit * through + limit // 4 * before.leads


def _tokens(run: Run) -> int:
    return sum(piece.tokens for piece in run)


def _fits(run: Run, limit: int) -> bool:
    """Tell whether a run may be one chunk, in tokens and in characters."""
    length = run[-1].end - run[0].start if run else 0
    return _tokens(run) <= limit and length <= CHARACTERS_PER_TOKEN * limit
