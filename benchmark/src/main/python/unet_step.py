"""The peer of UnetStep: MinImagen's U-Nets in PyTorch eager, timed on demand.

Reads lines "UNET INPUTS CALLS", writes the output of the last call to INPUTS-out.safetensors, answers
with the median milliseconds of a call.
"""

import pathlib
import statistics
import sys
import time

import torch
from safetensors.torch import save_file

import minimagen_unets


def main() -> None:
    unets = [minimagen_unets.build(each).eval() for each in minimagen_unets.read(sys.argv[1])]
    folder = pathlib.Path(sys.argv[2])
    print("ready", flush=True)
    for line in sys.stdin:
        unet, name, calls = line.split()
        inputs = minimagen_unets.tensors(str(folder / f"{name}.safetensors"))
        millis, out = median_millis(unets[int(unet)], inputs, int(calls))
        save_file({"0": out.contiguous()}, folder / f"{name}-out.safetensors")
        print(millis, flush=True)


def median_millis(unet: torch.nn.Module, inputs: dict[str, torch.Tensor], calls: int) -> tuple[float, torch.Tensor]:
    lowres = minimagen_unets.lowres(inputs)
    millis = []
    with torch.inference_mode():
        for _ in range(calls):
            start = time.perf_counter()
            out = unet(inputs["x"], inputs["time"], text_embeds=inputs["embeds"], text_mask=inputs["mask"], **lowres)
            millis.append((time.perf_counter() - start) * 1000)
    return statistics.median(millis), out


if __name__ == "__main__":
    main()
