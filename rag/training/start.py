"""Where training starts: the MiniLM-L6 trunk of the embedder's package, with fresh heads."""

import copy
import shutil
from pathlib import Path
from typing import Any

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


def export(model: Any, source: Path, folder: Path) -> None:
    """Write the model in half precision beside its tokenizer, as it is shipped."""
    export_weights(model, folder)
    shutil.copyfile(source / "tokenizer.json", folder / "tokenizer.json")


def export_weights(model: Any, folder: Path) -> None:
    """Write the model in half precision."""
    copy.deepcopy(model).cpu().half().save_pretrained(folder)
