"""The peer of UnetStep: MinImagen's U-Net in PyTorch eager, timed on demand.

Reads lines "BATCH CALLS", answers with the median milliseconds of a call.
"""

import statistics
import sys
import time
import types

import torch
from safetensors.torch import load_file

# MinImagen imports its T5 encoder, which is not asked for, on the way to the U-Net.
sys.modules["transformers"] = types.SimpleNamespace(T5Tokenizer=None, T5EncoderModel=None)
from minimagen.Unet import Unet  # noqa: E402

SIDE = 16


def main() -> None:
    torch.set_num_threads(2)
    unet = Unet(
        dim=32,
        dim_mults=(1, 2, 4),
        text_embed_dim=128,
        num_resnet_blocks=1,
        layer_attns=(False, False, True),
        layer_cross_attns=(False, True, True),
        attn_heads=8,
    ).eval()
    unet.load_state_dict(load_file(sys.argv[1]), strict=True)
    print("ready", flush=True)
    for line in sys.stdin:
        batch, calls = map(int, line.split())
        print(median_millis(unet, batch, calls), flush=True)


def median_millis(unet: Unet, batch: int, calls: int) -> float:
    x = torch.randn(batch, 3, SIDE, SIDE)
    times = torch.full((batch,), 500)
    embeds = torch.randn(batch, 256, 128)
    mask = torch.ones(batch, 256, dtype=torch.bool)
    millis = []
    with torch.inference_mode():
        for _ in range(calls):
            start = time.perf_counter()
            unet(x, times, text_embeds=embeds, text_mask=mask)
            millis.append((time.perf_counter() - start) * 1000)
    return statistics.median(millis)


if __name__ == "__main__":
    main()
