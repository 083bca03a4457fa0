"""Training as a person sees it: a bar while it runs, tables of what was measured."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from rag.training.loop import Report

Figures = Mapping[str, Mapping[str, float]]
_PROGRESS = {"blocks", "seconds", "progress", "loss", "saved"}


@contextmanager
def shown_training(console: Console) -> Iterator[Report]:
    """Show a bar while the block trains, and a line at each checkpoint."""
    with progress_bar(console) as bar:
        task = bar.add_task("training", total=1.0)
        yield lambda line: _show(bar, task, line)


def progress_bar(console: Console) -> Progress:
    """Return a bar with its label, the time spent, and the share done."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    return Progress(*columns, TextColumn("{task.percentage:.1f} %"), console=console)


def figures_table(figures: Figures) -> Table:
    """Return one row a figure, under the name of the questions it was measured on."""
    table = Table("held out", "figure", pad_edge=False)
    table.add_column("value", justify="right")
    for name, group in figures.items():
        for number, (figure, value) in enumerate(group.items()):
            table.add_row("" if number else name, figure.replace("_", " "), _cell(figure, value))
        table.add_section()
    return table


def counts_table(counts: Mapping[str, int]) -> Table:
    """Return one row a kind, with its count, and their sum."""
    table = Table("kind", pad_edge=False)
    table.add_column("examples", justify="right")
    for kind, count in counts.items():
        table.add_row(kind, f"{count:,}")
    table.add_section()
    table.add_row("all", f"{sum(counts.values()):,}")
    return table


def finite(figures: Figures) -> dict[str, dict[str, float | None]]:
    """Return the figures with None for what could not be measured, as JSON can say it."""
    return {
        name: {key: value if math.isfinite(value) else None for key, value in group.items()}
        for name, group in figures.items()
    }


def _cell(figure: str, value: float) -> str:
    if math.isnan(value):
        return "-"
    return f"{value:,.0f}" if figure in ("questions", "claims") else f"{value:.3f}"


def _show(bar: Progress, task: TaskID, line: Mapping[str, float]) -> None:
    if "saved" not in line:
        rate = line["seen"] / max(1e-9, line["seconds"])
        label = f"{line['seen']:,.0f} seen, {rate:.1f}/s, loss {line['loss']:.2f}"
        bar.update(task, completed=line["progress"], description=label)
        return
    figures = [f"{k.replace('_', ' ')} {v:.3f}" for k, v in line.items() if k not in _PROGRESS]
    done = f"{min(1.0, line['progress']):.0%}: loss {line['loss']:.3f}"
    bar.console.print(", ".join([done, *figures]), highlight=False)
