"""Records the fixtures of diffusers' networks: autoencoders and U-Nets with tiny random weights.

Usage: python record_diffusers_fixtures.py FOLDER
"""

import json
import math
import pathlib
import sys

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel, UNet2DModel
from safetensors.torch import save_file

SEED = 20260107
AUTOENCODERS = {
    "vae-plain": dict(
        block_out_channels=(8, 12),
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        layers_per_block=1,
        norm_num_groups=4,
        latent_channels=4,
        sample_size=32,
    ),
    "vae-odd": dict(
        in_channels=1,
        out_channels=2,
        block_out_channels=(6, 9, 12),
        down_block_types=("DownEncoderBlock2D",) * 3,
        up_block_types=("UpDecoderBlock2D",) * 3,
        layers_per_block=2,
        norm_num_groups=3,
        latent_channels=3,
        sample_size=[24, 40],
        scaling_factor=0.5,
        use_quant_conv=False,
        use_post_quant_conv=False,
        mid_block_add_attention=False,
        force_upcast=False,
    ),
}
# heights and widths of the pictures; the middle one's batch is larger
PICTURES = {"vae-plain": ((16, 16), (8, 12), (10, 22)), "vae-odd": ((12, 20), (8, 8), (16, 4))}


def randomise(model):
    """Weights that let every part be heard, as fp16, which is what is stored."""
    with torch.no_grad():
        for path, value in model.named_parameters():
            if value.dim() > 1:
                fan_in = value[0].numel()
                value.copy_(torch.randn(value.shape) * 1.3 / math.sqrt(fan_in))
            elif path.endswith("weight"):
                value.copy_(1 + 0.3 * torch.randn(value.shape))
            else:
                value.copy_(0.3 * torch.randn(value.shape))
            value.copy_(value.half().float())
    return model.eval()


def save_model(folder, name, model):
    model.save_config(folder)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").unlink()
    config.pop("_name_or_path", None)
    (folder / f"{name}.json").write_text(json.dumps(config, indent=1) + "\n")
    state = {path: value.half().contiguous() for path, value in model.state_dict().items()}
    save_file(state, folder / f"{name}.safetensors")


def record_autoencoder(folder, name, arguments):
    torch.manual_seed(SEED)
    model = randomise(AutoencoderKL(**arguments))
    save_model(folder, name, model)
    io = {}
    reduction = 2 ** (len(arguments["block_out_channels"]) - 1)
    for case, (height, width) in enumerate(PICTURES[name]):
        x = torch.rand(1 + case % 2, model.config.in_channels, height, width) * 2 - 1
        z = torch.randn(1 + case % 2, model.config.latent_channels, height // reduction, width // reduction)
        with torch.no_grad():
            io[f"{case}.moments"] = model.encode(x).latent_dist.parameters.contiguous()
            io[f"{case}.decoded"] = model.decode(z).sample.contiguous()
        io[f"{case}.x"] = x
        io[f"{case}.z"] = z
    save_file(io, folder / f"{name}-io.safetensors")


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    for name, arguments in AUTOENCODERS.items():
        record_autoencoder(folder, name, arguments)


main()
