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


@pytest.mark.parametrize(
    ("generator", "message"),
    [
        ("http://", "an address looks like http://127.0.0.1:11434/v1"),
        ("http://127.0.0.1:x/v1", "port could not be cast"),
        ("https://127.0.0.1/v1?a=b", "an address looks like"),
        ("http://me:pass@127.0.0.1/v1", "an address holds no password: use the setting generator_"),
    ],
)
def test_an_address_that_cannot_be_one_is_refused(generator: str, message: str) -> None:
    """Before anything is sent, and without printing a password."""
    with pytest.raises(SettingsError, match="setting 'generator'") as raised:
        load_settings(generator=generator)
    assert message in str(raised.value)
    assert "pass@" not in str(raised.value)


@pytest.mark.parametrize("key", ["sesame\nopen", "sesam\u00e9", 6365736])
def test_a_key_is_never_printed(key: object) -> None:
    """Neither a good one nor one that cannot be sent."""
    with pytest.raises(
        SettingsError, match="'generator_key' \\(argument\\) cannot be '…'"
    ) as raised:
        load_settings(generator_key=key)
    assert "sesam" not in str(raised.value) and "6365736" not in str(raised.value)
    settings = load_settings(generator_key=" sesame\n")
    assert "sesame" not in repr(settings)
    assert settings.generator_key.get_secret_value() == "sesame"


@pytest.mark.parametrize(
    ("name", "value"),
    [("top_p", 0.0), ("top_p", 1.1), ("seed", -1), ("temperature", 3), ("generator_timeout", 0)],
)
def test_sampling_out_of_range_is_refused(name: str, value: float) -> None:
    """What no model can honour is an error before one is loaded."""
    with pytest.raises(SettingsError, match=f"setting '{name}'"):
        load_settings(**{name: value})


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
