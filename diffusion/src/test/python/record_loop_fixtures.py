"""Records whole sampling loops of diffusers: the U-Nets of record_diffusers_fixtures.py, a scheduler each.

Usage: python record_loop_fixtures.py FOLDER    (the folder that holds the U-Nets)
"""

import json
import pathlib
import sys

import torch
from diffusers import DDIMScheduler, DDPMScheduler, PNDMScheduler, UNet2DConditionModel
from diffusers.schedulers import scheduling_ddpm
from safetensors.torch import load_file, save_file

SEED = 20260111
STEPS = 10
TOKENS = 5
LEVEL = 250
STABLE_DIFFUSION = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1,
                        clip_sample=False, set_alpha_to_one=False)
IF = dict(beta_schedule="squaredcos_cap_v2", variance_type="learned_range", thresholding=True,
          dynamic_thresholding_ratio=0.95, clip_sample=True)
# name of the U-Net: scheduler, guidance
LOOPS = {
    "sd1-plain": (PNDMScheduler(**{k: v for k, v in STABLE_DIFFUSION.items() if k != "clip_sample"},
                                skip_prk_steps=True), 7.5),
    "sd2-plain": (DDIMScheduler(**STABLE_DIFFUSION, prediction_type="v_prediction"), 3.0),
    "if1-plain": (DDPMScheduler(**IF, sample_max_value=1.5), 7.0),
    "if2-plain": (DDPMScheduler(**IF, sample_max_value=1.0), 4.0),
}


def main():
    folder = pathlib.Path(sys.argv[1])
    torch.manual_seed(SEED)
    for name, (scheduler, guidance) in LOOPS.items():
        record(folder, name, scheduler, guidance)


@torch.inference_mode()
def record(folder, name, scheduler, guidance):
    config = json.loads((folder / f"{name}.json").read_text())
    unet = UNet2DConditionModel.from_config(config).eval()
    unet.load_state_dict({key: value.float() for key, value in load_file(folder / f"{name}.safetensors").items()})
    channels = 3 if name.startswith("if") else 4
    enlarges = config["in_channels"] > channels
    width = config["encoder_hid_dim"] or config["cross_attention_dim"]
    side = 16
    recorded = dict(
        start=torch.randn(1, channels, side, side),
        caption=torch.randn(1, TOKENS, width),
        other=torch.randn(1, TOKENS, width),
        guidance=torch.tensor([guidance]),
    )
    if enlarges:
        recorded["lowres"] = torch.randn(1, channels, side, side)
    drawn = []

    def draw(shape, **_):
        drawn.append(torch.randn(shape))
        return drawn[-1]

    scheduling_ddpm.randn_tensor = draw
    scheduler.set_timesteps(STEPS)
    x = recorded["start"] * scheduler.init_noise_sigma
    tokens = torch.cat([recorded["other"], recorded["caption"]])
    states = []
    for t in scheduler.timesteps:
        seen = torch.cat([scheduler.scale_model_input(x, t)] * 2)
        extra = {}
        if enlarges:
            seen = torch.cat([seen, torch.cat([recorded["lowres"]] * 2)], dim=1)
            extra = dict(class_labels=torch.tensor([LEVEL] * 2))
        out = unet(seen, t, encoder_hidden_states=tokens, **extra).sample
        without, following = out.chunk(2)
        guided = without[:, :channels] + guidance * (following[:, :channels] - without[:, :channels])
        x = scheduler.step(torch.cat([guided, following[:, channels:]], dim=1), t, x).prev_sample
        states.append(x)
    recorded["states"] = torch.cat(states)
    if drawn:
        recorded["noise"] = torch.cat(drawn)
    save_file({key: value.contiguous() for key, value in recorded.items()}, folder / f"{name}-loop.safetensors")
    (folder / f"{name}-scheduler.json").write_text(scheduler.to_json_string())


if __name__ == "__main__":
    main()
