"""Where training starts: the MiniLM-L6 trunk of the embedder's package, with fresh heads."""

import shutil
from pathlib import Path

from ingest.weights import bundled_folder
from rag import models


def write_start(folder: Path, seed: int) -> None:
    """Write a reader with the embedder's trunk and random heads into ``folder``."""
    import torch

    source = bundled_folder()
    torch.manual_seed(seed)
    model = models.ReaderModel.from_pretrained(source, local_files_only=True)
    model.save_pretrained(folder)
    shutil.copyfile(source / "tokenizer.json", folder / "tokenizer.json")


def export(model: object, source: Path, folder: Path) -> None:
    """Write the model in half precision beside its tokenizer, as it is shipped."""
    import copy

    half = copy.deepcopy(model).cpu().half()  # type: ignore[attr-defined]
    half.save_pretrained(folder)
    shutil.copyfile(source / "tokenizer.json", folder / "tokenizer.json")
