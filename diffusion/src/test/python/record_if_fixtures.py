"""Records parts of DeepFloyd IF's pipelines: what its T5 makes of padding, how the small picture is prepared.

Usage: python record_if_fixtures.py FOLDER    (the folder that holds the T5s)
"""

import json
import pathlib
import sys

import torch
from diffusers import DDPMScheduler
from safetensors.torch import load_file, save_file
from transformers import T5Config, T5EncoderModel

SEED = 20260115
LENGTH = 20
LEVEL = 250


@torch.inference_mode()
def main():
    folder = pathlib.Path(sys.argv[1])
    torch.manual_seed(SEED)
    recorded = {}
    for name in ("v1-0", "v1-1"):
        encoder = T5EncoderModel(T5Config(**json.loads((folder / f"t5-{name}.json").read_text()))).eval()
        weights = {key: value.float() for key, value in load_file(folder / f"t5-{name}.safetensors").items()}
        missing, unexpected = encoder.load_state_dict(weights, strict=False)
        assert not unexpected and all("embed_tokens" in key for key in missing), (missing, unexpected)
        encoder.encoder.embed_tokens.weight = encoder.shared.weight
        ids = torch.randint(2, encoder.config.vocab_size, (2, LENGTH))
        mask = torch.ones(2, LENGTH)
        for row, tokens in enumerate((1, 13)):
            ids[row, tokens - 1] = 1
            ids[row, tokens:] = 0
            mask[row, tokens:] = 0
        out = encoder(ids, attention_mask=mask).last_hidden_state
        recorded |= {f"{name}.ids": ids.float(), f"{name}.mask": mask, f"{name}.out": out}
    scheduler = DDPMScheduler(beta_schedule="squaredcos_cap_v2")
    for small, side in ((5, 13), (8, 8), (1, 4), (16, 21)):
        picture = torch.rand(3, small, small)
        noise = torch.randn(1, 3, side, side)
        large = torch.nn.functional.interpolate(
            (picture * 2 - 1)[None], (side, side), mode="bilinear", align_corners=True)
        seen = scheduler.add_noise(large, noise, torch.tensor([LEVEL]))
        name = f"lowres-{small}-{side}"
        recorded |= {f"{name}.picture": picture, f"{name}.noise": noise, f"{name}.out": seen}
    save_file({key: value.contiguous() for key, value in recorded.items()}, folder / "if-parts.safetensors")


if __name__ == "__main__":
    main()
