"""The peer of TrainingStep: MinImagen's U-Net trained in PyTorch eager, timed on demand.

Reads lines "STEPS", answers with the mean milliseconds of a step; to "loss" it answers with the last
step's loss.
"""

import sys
import time

import torch
import torch.nn.functional as functional

import minimagen_unets
from minimagen.diffusion_model import GaussianDiffusion
from safetensors.torch import load_file

TIMESTEPS = 1000
CLIP_NORM = 1.0
EMA_DECAY = 0.998


class Training:
    def __init__(self, unet: torch.nn.Module, batch: dict[str, torch.Tensor]) -> None:
        self.unet = unet.train()
        self.batch = batch
        self.schedule = GaussianDiffusion(timesteps=TIMESTEPS)
        self.parameters = list(unet.parameters())
        self.average = [each.detach().clone() for each in self.parameters]
        self.optimizer = torch.optim.AdamW(self.parameters, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.01)
        self.steps = 0
        self.loss = float("nan")

    def step(self) -> None:
        batch = self.batch
        lowres = {}
        if "lowres" in batch:
            noised = self.schedule.q_sample(batch["lowres"], batch["lowres_time"], batch["lowres_noise"])
            lowres = dict(lowres_cond_img=noised, lowres_noise_times=batch["lowres_time"])
        noisy = self.schedule.q_sample(batch["picture"], batch["time"], batch["noise"])
        prediction = self.unet(noisy, batch["time"], text_embeds=batch["embeds"], text_mask=batch["mask"], **lowres)
        loss = functional.mse_loss(prediction, batch["noise"])
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, CLIP_NORM)
        self.optimizer.step()
        decay = min(EMA_DECAY, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            torch._foreach_lerp_(self.average, self.parameters, 1 - decay)
        self.steps += 1
        self.loss = loss.item()


def main() -> None:
    description = minimagen_unets.read(sys.argv[1])[0]
    unet = minimagen_unets.build(description)
    unet.load_state_dict(load_file(sys.argv[2]), strict=True)
    training = Training(unet, minimagen_unets.tensors(sys.argv[3]))
    print("ready", flush=True)
    for line in sys.stdin:
        print(training.loss if line.strip() == "loss" else mean_millis(training, int(line)), flush=True)


def mean_millis(training: Training, steps: int) -> float:
    start = time.perf_counter()
    for _ in range(steps):
        training.step()
    return (time.perf_counter() - start) * 1000 / steps


if __name__ == "__main__":
    main()
