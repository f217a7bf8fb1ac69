"""MinImagen's U-Nets with the weights of stage bundles; the base of this module's peers."""

import functools
import json
import pathlib

import torch
from safetensors.torch import load_file

# Both are the tests' Python tier's; the first must come before MinImagen.
import minimagen_stand_ins  # noqa: F401
import peer


def read(file: str) -> list[dict]:
    """What the Java side says about its U-Nets."""
    return json.loads(pathlib.Path(file).read_text())


def build(description: dict) -> torch.nn.Module:
    """MinImagen's U-Net; what it has no argument for (caption length, width of a head, patches) as in the bundle."""
    config = description["config"]
    with peer.constants(config) as module:
        unet = peer.minimagen_unet(module, config)
    weights = {name: each.float() for name, each in load_file(description["weights"]).items()}
    unet.load_state_dict(weights, strict=True)
    return unet


@functools.lru_cache(maxsize=1)
def tensors(file: str) -> dict[str, torch.Tensor]:
    """A file of tensors as MinImagen takes them: the mask is of booleans, times are whole."""
    read_tensors = load_file(file)
    for name, each in read_tensors.items():
        if name in ("mask", "keep"):
            read_tensors[name] = each.bool()
        if name in ("time", "lowres_time"):
            read_tensors[name] = each.long()
    return read_tensors


def lowres(inputs: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The arguments that only a U-Net that enlarges takes."""
    if "lowres" not in inputs:
        return {}
    return dict(lowres_cond_img=inputs["lowres"], lowres_noise_times=inputs["lowres_time"])
