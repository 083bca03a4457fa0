"""The network of our own: architecture, weights and model card.

The architecture needs torch, so it is loaded when one of its names is first used.
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.models.network import ReaderConfig, ReaderModel, ReaderOutput
    from rag.models.writer import (
        Source,
        WriterConfig,
        WriterModel,
        WriterOutput,
        source_of,
        warm_start,
    )

__all__ = [
    "READER_FOLDER",
    "ReaderConfig",
    "ReaderModel",
    "ReaderOutput",
    "Source",
    "WriterConfig",
    "WriterModel",
    "WriterOutput",
    "source_of",
    "warm_start",
]

READER_FOLDER = Path(__file__).parent / "weights" / "reader"


def __getattr__(name: str) -> Any:
    """Load the architecture at its first use (PEP 562)."""
    if name in __all__:
        module = "network" if name.startswith("Reader") else "writer"
        return getattr(import_module(f"rag.models.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
