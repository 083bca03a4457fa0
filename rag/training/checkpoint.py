"""A training run on disk: weights, optimizer and progress, in safetensors and JSON."""

import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a run has come: whole blocks of examples and seconds of training."""

    blocks: int = 0
    seconds: float = 0.0


def save_checkpoint(folder: Path, model: Any, optimizer: Any, state: Checkpoint) -> None:
    """Write ``folder/last`` anew; the earlier checkpoint stays whole until the new one is."""
    from safetensors.torch import save_file

    fresh, last, old = folder / "next", folder / "last", folder / "previous"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    save_file(
        {n: v.contiguous() for n, v in model.state_dict().items()}, fresh / "model.safetensors"
    )
    save_file(_moments(model, optimizer), fresh / "optimizer.safetensors")
    (fresh / "progress.json").write_text(json.dumps(asdict(state)))
    shutil.rmtree(old, ignore_errors=True)
    if last.exists():
        os.replace(last, old)
    os.replace(fresh, last)
    shutil.rmtree(old, ignore_errors=True)


def load_checkpoint(folder: Path, model: Any, optimizer: Any) -> Checkpoint | None:
    """Load ``folder/last`` into model and optimizer; None where no run has begun there."""
    from safetensors.torch import load_file

    last = next((p for p in (folder / "last", folder / "previous") if p.is_dir()), None)
    if last is None:
        return None
    model.load_state_dict(load_file(last / "model.safetensors"))
    moments = load_file(last / "optimizer.safetensors")
    for name, parameter in model.named_parameters():
        if f"{name}/step" in moments:
            keys = ("step", "exp_avg", "exp_avg_sq")
            device = parameter.device
            values = {key: moments[f"{name}/{key}"].to(device) for key in keys}
            optimizer.state[parameter] = values
    return Checkpoint(**json.loads((last / "progress.json").read_text()))


def _moments(model: Any, optimizer: Any) -> dict[str, Any]:
    return {
        f"{name}/{key}": value.contiguous()
        for name, parameter in model.named_parameters()
        for key, value in optimizer.state.get(parameter, {}).items()
    }
