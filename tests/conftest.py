"""What every test stands on: no network, no settings or library of the person who runs them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.config import PREFIX, go_offline, load_settings
from ingest.embedder import load_embedder
from ingest.types import Embedder

go_offline()


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give each test user folders of its own, without any FOOTNOTE_* variable, and return them."""
    home = tmp_path_factory.mktemp("home")
    for variable in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(variable)
    for kind in ("CONFIG", "DATA"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(home / kind.lower()))
    return home


@pytest.fixture(scope="session")
def embedder() -> Iterator[Embedder]:
    """Return the real embedder, loaded once for all tests that need it."""
    yield load_embedder(load_settings())
