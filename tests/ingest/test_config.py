"""Settings: where they come from, which wins, and what is refused."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.config import default_config_file, go_offline, load_settings
from ingest.errors import SettingsError


def test_later_sources_win(own_settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Arguments beat the environment, which beats the file, which beats the defaults."""
    file = default_config_file()
    file.parent.mkdir(parents=True)
    file.write_text('k = 3\nthreads = 2\nembedder = "from-file"\n')
    monkeypatch.setenv("FOOTNOTE_THREADS", "1")
    monkeypatch.setenv("FOOTNOTE_K", "4")
    settings = load_settings(k=5, seed=None)
    assert (settings.embedder, settings.threads, settings.k) == ("from-file", 1, 5)
    assert (settings.seed, settings.chunk_tokens) == (0, 160)


def test_the_default_library_lies_in_the_user_data_folder(own_settings: Path) -> None:
    """Nothing needs to be named to start."""
    assert load_settings().library == own_settings / "data" / "footnote" / "library"


def test_a_home_folder_and_a_relative_library_are_resolved() -> None:
    """A library keeps its place when the program changes folders."""
    assert load_settings(library="~/notes").library == Path.home() / "notes"
    assert load_settings(library="notes").library == Path.cwd() / "notes"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("kk = 3", r"unknown setting 'kk' \(.*own\.toml\): use one of candidates, "),
        ("k = 0", r"setting 'k' \(.*own\.toml\) cannot be 0: .*greater than or equal to 1"),
        ("k = ", r"cannot read the settings in .*own\.toml"),
    ],
)
def test_a_bad_file_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, message: str
) -> None:
    """The message holds the key and the file it is in."""
    (tmp_path / "own.toml").write_text(content)
    monkeypatch.setenv("FOOTNOTE_CONFIG", str(tmp_path / "own.toml"))
    with pytest.raises(SettingsError, match=message):
        load_settings()


def test_a_missing_named_file_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was asked for is not silently left out."""
    monkeypatch.setenv("FOOTNOTE_CONFIG", "/nowhere.toml")
    with pytest.raises(SettingsError, match=r"FOOTNOTE_CONFIG names /nowhere\.toml"):
        load_settings()


def test_an_unknown_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A misspelt variable does not pass unseen."""
    monkeypatch.setenv("FOOTNOTE_TRESHOLD", "0.5")
    with pytest.raises(SettingsError, match="unknown environment variable FOOTNOTE_TRESHOLD"):
        load_settings()


def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The source of a wrong value is told."""
    monkeypatch.setenv("FOOTNOTE_THRESHOLD", "1.5")
    with pytest.raises(SettingsError, match=r"'threshold' \(environment\) cannot be '1\.5'"):
        load_settings()


def test_an_unknown_argument_is_an_error() -> None:
    """Python callers get the same check."""
    with pytest.raises(SettingsError, match="unknown setting 'embeder'"):
        load_settings(embeder="x")


def test_going_offline_sets_what_libraries_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a person's own environment says otherwise."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    go_offline()
    assert os.environ["HF_HUB_OFFLINE"] == "1"
    assert os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"


def test_importing_the_pipeline_loads_nothing_heavy() -> None:
    """Models, FAISS and parsers are loaded when first needed."""
    heavy = "torch transformers sentence_transformers faiss gradio"
    code = (
        "import sys, ingest.pipeline, ingest.command\n"
        f"print([name for name in {heavy!r}.split() if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
