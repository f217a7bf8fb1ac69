"""The peer of ImportedStep: diffusers' U-Nets in PyTorch eager, timed on demand.

Saves U-Nets with random weights to FOLDER/NAME; then reads lines "UNET INPUTS CALLS", writes the output
of the last call to INPUTS-out.safetensors, answers with the median milliseconds of a call.
"""

import pathlib
import statistics
import sys
import time

import diffusers
import torch
from safetensors.torch import load_file, save_file

SIMPLE_DOWN = "SimpleCrossAttnDownBlock2D"
SIMPLE_UP = "SimpleCrossAttnUpBlock2D"
PLAIN_DOWN = "ResnetDownsampleBlock2D"
PLAIN_UP = "ResnetUpsampleBlock2D"

DEEP_FLOYD = {
    "act_fn": "gelu",
    "addition_embed_type": "text",
    "addition_embed_type_num_heads": 16,
    "attention_head_dim": 32,
    "cross_attention_dim": 256,
    "cross_attention_norm": "group_norm",
    "encoder_hid_dim": 512,
    "encoder_hid_dim_type": "text_proj",
    "mid_block_type": "UNetMidBlock2DSimpleCrossAttn",
    "out_channels": 6,
    "resnet_time_scale_shift": "scale_shift",
    "time_embedding_act_fn": "gelu",
}

FAMILIES = {
    "sd": lambda: diffusers.UNet2DConditionModel(
        sample_size=32, block_out_channels=(80, 160, 320, 320), norm_num_groups=16, cross_attention_dim=192
    ),
    "if-1": lambda: diffusers.UNet2DConditionModel(
        sample_size=32,
        in_channels=3,
        block_out_channels=(64, 128, 192, 256),
        down_block_types=(PLAIN_DOWN, SIMPLE_DOWN, SIMPLE_DOWN, SIMPLE_DOWN),
        up_block_types=(SIMPLE_UP, SIMPLE_UP, SIMPLE_UP, PLAIN_UP),
        layers_per_block=3,
        **DEEP_FLOYD,
    ),
    "if-2": lambda: diffusers.UNet2DConditionModel(
        sample_size=64,
        in_channels=6,
        block_out_channels=(32, 64, 96, 128, 160),
        down_block_types=(PLAIN_DOWN, PLAIN_DOWN, PLAIN_DOWN, SIMPLE_DOWN, SIMPLE_DOWN),
        up_block_types=(SIMPLE_UP, SIMPLE_UP, PLAIN_UP, PLAIN_UP, PLAIN_UP),
        class_embed_type="timestep",
        only_cross_attention=True,
        mid_block_only_cross_attention=True,
        resnet_skip_time_act=True,
        resnet_out_scale_factor=1.414,
        **DEEP_FLOYD,
    ),
    "karlo-decoder": lambda: diffusers.UNet2DConditionModel(
        sample_size=32,
        in_channels=3,
        out_channels=6,
        block_out_channels=(80, 160, 240, 320),
        norm_num_groups=16,
        down_block_types=(PLAIN_DOWN, SIMPLE_DOWN, SIMPLE_DOWN, SIMPLE_DOWN),
        up_block_types=(SIMPLE_UP, SIMPLE_UP, SIMPLE_UP, PLAIN_UP),
        layers_per_block=3,
        mid_block_type="UNetMidBlock2DSimpleCrossAttn",
        attention_head_dim=16,
        cross_attention_dim=384,
        class_embed_type="identity",
        resnet_time_scale_shift="scale_shift",
    ),
    "karlo-sr": lambda: diffusers.UNet2DModel(
        sample_size=64,
        in_channels=6,
        block_out_channels=(80, 160, 240, 320),
        norm_num_groups=16,
        down_block_types=(PLAIN_DOWN,) * 4,
        up_block_types=(PLAIN_UP,) * 4,
        layers_per_block=3,
        add_attention=False,
        resnet_time_scale_shift="scale_shift",
    ),
}


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    torch.manual_seed(1)
    unets = []
    for name, build in FAMILIES.items():
        unets.append(build().eval())
        unets[-1].save_pretrained(folder / name)
    print("ready", flush=True)
    for line in sys.stdin:
        unet, name, calls = line.split()
        millis, out = median_millis(unets[int(unet)], load_file(folder / f"{name}.safetensors"), int(calls))
        save_file({"0": out.contiguous()}, folder / f"{name}-out.safetensors")
        print(millis, flush=True)


def median_millis(unet: torch.nn.Module, inputs: dict[str, torch.Tensor], calls: int) -> tuple[float, torch.Tensor]:
    millis = []
    with torch.inference_mode():
        for _ in range(calls):
            start = time.perf_counter()
            out = unet(**inputs, return_dict=False)[0]
            millis.append((time.perf_counter() - start) * 1000)
    return statistics.median(millis), out


if __name__ == "__main__":
    main()
