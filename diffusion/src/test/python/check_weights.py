"""Loads what our side wrote: a state_dict as PyTorch does, or a training directory as MinImagen does.

Usage: python check_weights.py FILE.pth | TRAINING_DIRECTORY
Prints a JSON object of SHA-256 digests, one for each tensor's float32 numbers; fails if it cannot be loaded.
"""

import contextlib
import json
import pathlib
import sys

import minimagen_stand_ins  # noqa: F401  before MinImagen
import torch
from minimagen.generate import load_minimagen
from record_weights import digest


def main():
    path = pathlib.Path(sys.argv[1])
    if path.is_dir():
        with contextlib.redirect_stdout(sys.stderr):
            imagen = load_minimagen(str(path))
        dicts = {index: unet.state_dict() for index, unet in enumerate(imagen.unets)}
    else:
        dicts = {0: torch.load(path, weights_only=True)}
        mapped = torch.load(path, weights_only=True, mmap=True)
        assert all(torch.equal(tensor, mapped[name]) for name, tensor in dicts[0].items())
    print(json.dumps({index: {name: digest(tensor) for name, tensor in each.items()} for index, each in dicts.items()}, indent=1))


if __name__ == "__main__":
    main()
