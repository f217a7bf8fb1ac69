"""The peer of CascadeSpeed: MinImagen's own sampler over a whole cascade, timed on demand.

Reads lines "STEPS", lets every stage take the first STEPS of its timesteps, and answers with the
milliseconds that all timesteps take: what was measured, and the steps that were left out at the mean
cost of their stage's others. Where STEPS is all of them, that is what was measured.
"""

import statistics
import sys
import time

import torch

import minimagen_unets
from minimagen.Imagen import Imagen

GUIDANCE = 3.0
LOWRES_NOISE_LEVEL = 0.1


class Sampling:
    def __init__(self, descriptions: list[dict], timesteps: int) -> None:
        config = descriptions[0]["config"]
        self.timesteps = timesteps
        self.imagen = Imagen(
            unets=[minimagen_unets.build(each) for each in descriptions],
            text_encoder_name="t5_small",
            text_embed_dim=config["text_embed_dim"],
            image_sizes=[each["side"] for each in descriptions],
            timesteps=timesteps,
        )
        length = config["max_text_len"]
        self.embeds = torch.randn(1, length, config["text_embed_dim"])
        self.mask = torch.ones(1, length, dtype=torch.bool)
        self.steps = timesteps
        self.stages: dict[int, list[float]] = {}
        self.step = self.imagen._p_sample
        self.imagen._p_sample = self.timed_step
        for scheduler in self.imagen.noise_schedulers:
            scheduler._get_sampling_timesteps = self.first(scheduler._get_sampling_timesteps)

    def first(self, timesteps):
        return lambda *args, **kwargs: timesteps(*args, **kwargs)[: self.steps]

    def timed_step(self, unet, *args, **kwargs):
        start = time.perf_counter()
        result = self.step(unet, *args, **kwargs)
        self.stages.setdefault(id(unet), []).append(time.perf_counter() - start)
        return result

    def millis(self, steps: int) -> float:
        self.steps = steps
        self.stages.clear()
        start = time.perf_counter()
        self.imagen.sample(
            text_embeds=self.embeds,
            text_masks=self.mask,
            cond_scale=GUIDANCE,
            lowres_sample_noise_level=LOWRES_NOISE_LEVEL,
        )
        taken = time.perf_counter() - start
        left_out = sum((self.timesteps - len(each)) * statistics.mean(each) for each in self.stages.values())
        return (taken + left_out) * 1000


def main() -> None:
    sampling = Sampling(minimagen_unets.read(sys.argv[1]), int(sys.argv[2]))
    print("ready", flush=True)
    for line in sys.stdin:
        print(sampling.millis(int(line)), flush=True)


if __name__ == "__main__":
    main()
