"""Records the sampler fixture: runs of diffusers' schedulers with a made-up model and given noise.

Usage: python record_samplers.py FOLDER

A run is one tensor, a row per model call: timestep, x, x as the model saw it, the model's output, noise; and a
last row with what standard noise was multiplied by to start, and the x it ended at. Its name says how it was made:
SAMPLER/SCHEDULE/OBJECTIVE/SPACING/STEPS, and what else differs from the defaults.

The schedulers start from their float32 ᾱ but compute in doubles where they let one, for in float32 their own rounding
(of 1 - ᾱ/ᾱ' in DDPM, of x at σ = 157 in Heun's second rows) exceeds the tolerance.
"""

import pathlib
import sys

import diffusers
import torch
from diffusers.schedulers import scheduling_ddim, scheduling_ddpm, scheduling_euler_ancestral_discrete
from safetensors.torch import save_file

PIXELS = 3
TIMESTEPS = 1000
STEPS = (1, 2, 7, 10, 50)
OBJECTIVES = {"noise": "epsilon", "x_start": "sample", "v": "v_prediction"}
SCHEDULES = {"linear": "linear", "cosine": "squaredcos_cap_v2"}
SPACINGS = {"trailing": 0, "leading": 0, "linspace": 0, "leading+1": 1}

# name -> (class, settings, what keeps x0 within [-1, 1], keywords of a step)
CLIP = dict(clip_sample=True, clip_sample_range=1.0)
THRESHOLD = dict(thresholding=True, sample_max_value=1.0)
SAMPLERS = {
    "ddpm": (diffusers.DDPMScheduler, dict(clip_sample=False), CLIP, {}),
    "ddim": (diffusers.DDIMScheduler, dict(clip_sample=False), CLIP, dict(eta=0.0)),
    "dpmpp_2m": (diffusers.DPMSolverMultistepScheduler, dict(solver_order=2), THRESHOLD, {}),
    "euler_ancestral": (diffusers.EulerAncestralDiscreteScheduler, {}, None, {}),
    "heun": (diffusers.HeunDiscreteScheduler, dict(), CLIP, {}),
    "unipc": (diffusers.UniPCMultistepScheduler, dict(solver_order=2), THRESHOLD, {}),
}


def model(x, t):
    """Any smooth function of what a model sees."""
    return 0.7 * x + 0.3 * torch.sin(3 * x + 0.01 * float(t)) + 0.1


def give_noise(noise):
    """Makes every scheduler that draws noise draw this."""
    for module in (scheduling_ddpm, scheduling_ddim, scheduling_euler_ancestral_discrete):
        module.randn_tensor = lambda shape, **_: noise.reshape(shape)


def recorded(x):
    """As a double that float32 can hold."""
    return x.float().double()


def run(scheduler, steps, keywords):
    scheduler.set_timesteps(steps)
    start = torch.as_tensor(scheduler.init_noise_sigma).float().reshape(1)
    if hasattr(scheduler, "sigmas"):
        scheduler.sigmas = scheduler.sigmas.double()
    x = recorded(torch.randn(1, 1, 1, PIXELS) * start)
    rows = []
    for t in scheduler.timesteps:
        seen = scheduler.scale_model_input(x, t)
        output, noise = recorded(model(seen, t)), torch.randn(PIXELS).double()
        give_noise(noise)
        rows.append(torch.cat([t.float().reshape(1), x.flatten(), seen.flatten(), output.flatten(), noise]))
        x = recorded(scheduler.step(output, t, x, **keywords).prev_sample)
        assert torch.isfinite(x).all()
    rows.append(torch.cat([start, x.flatten(), torch.zeros(3 * PIXELS)]))
    return torch.stack([row.float() for row in rows]).contiguous()


def scheduler(name, schedule, objective, spacing, **rest):
    kind, settings, _, _ = SAMPLERS[name]
    made = kind(
        num_train_timesteps=TIMESTEPS, beta_start=1e-4, beta_end=0.02, beta_schedule=SCHEDULES[schedule],
        prediction_type=OBJECTIVES[objective], timestep_spacing=spacing.split("+")[0],
        steps_offset=SPACINGS[spacing], **{**settings, **rest},
    )
    made.alphas_cumprod = made.alphas_cumprod.double()
    return made


def record(name, schedule, objective):
    """Every spacing and number of steps; and x0 kept in range, and what only DDIM knows."""
    _, _, clip, keywords = SAMPLERS[name]
    made = {}
    for spacing in SPACINGS:
        for steps in STEPS:
            made[f"{spacing}/{steps}"] = run(scheduler(name, schedule, objective, spacing), steps, keywords)
    if clip:
        made["trailing/10/clip"] = run(scheduler(name, schedule, objective, "trailing", **clip), 10, keywords)
    if name == "ddim":
        for eta in (0.3, 1.0):
            made[f"leading/10/eta={eta}"] = run(scheduler(name, schedule, objective, "leading"), 10, dict(eta=eta))
        kept = scheduler(name, schedule, objective, "leading+1", set_alpha_to_one=False)
        made["leading+1/10/alpha0"] = run(kept, 10, keywords)
    return {f"{name}/{schedule}/{objective}/{rest}": tensor for rest, tensor in made.items()}


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(20260104)
    torch.set_num_threads(1)
    tensors = {}
    for schedule in SCHEDULES:
        tensors[f"alpha_bar/{schedule}"] = scheduler("ddpm", schedule, "noise", "trailing").alphas_cumprod.float()
    for name in SAMPLERS:
        for schedule in SCHEDULES:
            for objective in OBJECTIVES:
                if name == "euler_ancestral" and objective == "x_start":
                    continue  # diffusers does not implement it
                tensors.update(record(name, schedule, objective))
    save_file(tensors, folder / "samplers.safetensors")


if __name__ == "__main__":
    main()
