"""Which model a name stands for, and that its files are what the name promises."""

import shutil
from pathlib import Path

import pytest

from ingest import weights
from ingest.config import load_settings
from ingest.embedder import load_embedder
from ingest.errors import EmbedderError


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the bundled model in a folder of its own."""
    return shutil.copytree(weights.bundled_folder(), tmp_path / "copied-model")


def test_altered_weights_are_refused_under_the_bundled_name(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One flipped bit is enough."""
    file = copy / "model.safetensors"
    with file.open("r+b") as stream:
        stream.seek(5_000_000)
        byte = stream.read(1)[0]
        stream.seek(5_000_000)
        stream.write(bytes([byte ^ 1]))
    monkeypatch.setattr(weights, "bundled_folder", lambda: copy)
    with pytest.raises(EmbedderError, match="is not all-MiniLM-L6-v2 .*reinstall"):
        load_embedder(load_settings())
    assert weights.find_model(str(copy)).folder == copy


def test_missing_weights_are_told(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the file and the command."""
    (copy / "model.safetensors").unlink()
    monkeypatch.setattr(weights, "bundled_folder", lambda: copy)
    with pytest.raises(EmbedderError, match=r"cannot read the weights .*pip install"):
        load_embedder(load_settings())


def test_weights_that_could_run_code_are_refused(tmp_path: Path) -> None:
    """A folder without safetensors is not loaded."""
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(EmbedderError, match="no .safetensors weights"):
        load_embedder(load_settings(embedder=str(tmp_path)))


def test_a_model_that_is_not_here_is_told_without_a_download() -> None:
    """The message offers what there is."""
    with pytest.raises(EmbedderError, match=r"'nobody/nothing' is not on this machine.*MiniLM"):
        load_embedder(load_settings(embedder="nobody/nothing"))


def test_a_model_in_a_folder_works_and_has_its_own_fingerprint(copy: Path) -> None:
    """The name and each file that matters are part of the fingerprint."""
    embedder = load_embedder(load_settings(embedder=str(copy)))
    first = embedder.fingerprint
    assert first.startswith("copied-model:")
    assert embedder.embed(["fox"]).shape == (1, 384)
    config = copy / "sentence_bert_config.json"
    config.write_text(config.read_text().replace("256", "128"))
    shorter = load_embedder(load_settings(embedder=str(copy)))
    assert shorter.fingerprint != first and shorter.max_tokens == 126


def test_a_broken_model_folder_is_told(copy: Path) -> None:
    """What the libraries raise becomes one line."""
    (copy / "config.json").write_text("{}")
    embedder = load_embedder(load_settings(embedder=str(copy)))
    with pytest.raises(EmbedderError, match="cannot load the embedding model"):
        embedder.embed(["fox"])
