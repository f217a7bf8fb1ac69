"""Records the fixtures of weights: files that PyTorch and MinImagen wrote, and what is in them.

Usage: python record_weights.py FOLDER
"""

import argparse
import hashlib
import json
import pathlib
import sys

import minimagen_stand_ins  # noqa: F401  before MinImagen
import torch
from minimagen.Imagen import Imagen
from minimagen.training import create_directory, get_default_args, save_training_info
from minimagen.Unet import Unet
from safetensors.torch import save_file

TIMESTAMP = "20260101_120000"
UNETS = [
    dict(dim=8, dim_mults=(1,), layer_attns=False, layer_cross_attns=False, attn_heads=2),
    dict(dim=8, dim_mults=(1, 1), num_resnet_blocks=(0, 1), layer_attns=(False, True), layer_cross_attns=False, attn_heads=2,
         memory_efficient=True, cond_dim=4),
]
IMAGEN = dict(image_sizes=(8, 16), timesteps=25, cond_drop_prob=0.15, text_encoder_name="t5_small", text_embed_dim=12)


def digest(tensor):
    return hashlib.sha256(tensor.detach().float().contiguous().numpy().tobytes()).hexdigest()


def record_state_dict(folder):
    """Every type of element, and every way in which a tensor may lie in its storage."""
    whole = torch.randn(6, 4)
    numbers = torch.tensor([0, 1, 2, 100, 127])
    module = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3))
    tensors = {
        **module.state_dict(),
        "parameter": torch.nn.Parameter(torch.randn(2, 2)),
        "frozen": torch.nn.Parameter(torch.randn(3), requires_grad=False),
        "whole": whole,
        "transposed": whole.T,
        "part": whole[1:3, 1:],
        "every_second": whole[::2, ::3],
        "permuted": torch.randn(2, 3, 4).permute(2, 0, 1),
        "expanded": torch.randn(3, 1).expand(3, 2),
        "scalar": torch.tensor(2.5),
        "empty": torch.zeros(0, 5),
        "double": torch.randn(3, dtype=torch.float64),
        "half": torch.randn(5).half(),
        "bfloat16": torch.randn(5).bfloat16(),
        "long": torch.tensor([-3, 1 << 40]),
        "int": torch.tensor([-3, 1 << 20], dtype=torch.int32),
        "short": numbers.short() - 100,
        "char": numbers.char() - 100,
        "byte": numbers.byte() + 100,
        "bool": numbers > 1,
    }
    torch.save(tensors, folder / "state-dict.pth")
    floats = {name: tensor.detach().float().contiguous().clone() for name, tensor in tensors.items()}
    save_file(floats, folder / "state-dict.safetensors")


def record_training_directory(folder):
    unets = [{**get_default_args(Unet), **arguments} for arguments in UNETS]
    imagen_arguments = {**get_default_args(Imagen), **IMAGEN}
    imagen = Imagen(unets=[Unet(**arguments) for arguments in unets], **imagen_arguments)
    inside = create_directory(str((folder / f"training_{TIMESTAMP}").resolve()))
    arguments = argparse.Namespace(PARAMETERS=None, BATCH_SIZE=2, T5_NAME="t5_small", TIMESTEPS=25, OPTIM_LR=0.0001,
                                   RESTART_DIRECTORY=None, TESTING=True, timestamp=TIMESTAMP)
    save_training_info(arguments, TIMESTAMP, unets, imagen_arguments, 1.0, inside)
    digests = {}
    with inside("state_dicts"):
        for index, unet in enumerate(imagen.unets):
            torch.save(unet.state_dict(), f"unet_{index}_state_{TIMESTAMP}.pth")
            digests[index] = {name: digest(tensor) for name, tensor in unet.state_dict().items()}
    (folder / "digests.json").write_text(json.dumps(digests, indent=1) + "\n")


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(20260101)
    torch.set_num_threads(1)
    record_state_dict(folder)
    record_training_directory(folder)


if __name__ == "__main__":
    main()
