"""Where training starts and ends: MiniLM-L6 with fresh heads, or a reader; weights as shipped."""

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


def blend(model: Any, start: Path, share: float) -> None:
    """Set weights between those of ``start`` (0) and those trained from them (1).

    The mean of the two reads held-out articles better than either (Wortsman et al. 2022, "Robust
    fine-tuning of zero-shot models").
    """
    import torch

    begun = models.ReaderModel.from_pretrained(start).float().state_dict()
    with torch.no_grad():
        for name, value in model.state_dict().items():
            value.lerp_(begun[name].to(value.device), 1 - share)


def export_weights(model: Any, folder: Path) -> None:
    """Write the model in half precision."""
    copy.deepcopy(model).cpu().half().save_pretrained(folder)
