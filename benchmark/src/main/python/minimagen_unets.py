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
    """MinImagen's U-Net; its two constants, caption length and width of a head, as in the bundle."""
    config = description["config"]
    with peer.constants(config) as module:
        arguments = {name: config[name] for name in peer.PLAIN}
        unet = module.Unet(**arguments, **{name: tuple(config[name]) for name in peer.PER_LAYER})
    length = config["max_text_len"]
    if length != peer.TEXT_LENGTH:
        unet.max_text_len = length
        unet.null_text_embed = torch.nn.Parameter(torch.zeros(1, length, config["cond_dim"]))
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
