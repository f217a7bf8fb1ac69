"""Records the scheduler fixture: runs of diffusers' schedulers as their configuration files describe them.

Usage: python record_schedulers.py FOLDER

schedulers.json lists the configurations, as diffusers saves them, and the runs made with each: NAME/STEPS, or
NAME/STEPS/STRENGTH for a run that starts from a picture. schedulers.safetensors holds a tensor per run, a row per
model call: timestep, what x was multiplied by for the model, x, the model's output, and noise where the scheduler draws
any; and a last row with what standard noise was multiplied by to start (or, with a strength, what picture and noise
were), and the x it ended at. alpha_bar/NAME is a configuration's ᾱ.

As in record_samplers.py, the schedulers start from their own float32 ᾱ, β and σ but compute in doubles.
"""

import json
import pathlib
import sys

import diffusers
import torch
from diffusers.schedulers import scheduling_ddim, scheduling_ddpm, scheduling_euler_ancestral_discrete, scheduling_unclip
from safetensors.torch import save_file

PIXELS = 4
STEPS = (1, 2, 7, 10, 50)
STRENGTHS = (0.2, 0.35, 0.8, 1.0)
SPACINGS = {"leading": 0, "leading+1": 1, "linspace": 0, "trailing": 0}
ALL = ("epsilon", "sample", "v_prediction")
LATENT = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear")
ZERO_SNR = dict(prediction_type="v_prediction", timestep_spacing="trailing", rescale_betas_zero_snr=True, **LATENT)

# name -> (class, settings, prediction types)
KINDS = {
    "pndm": (diffusers.PNDMScheduler, dict(skip_prk_steps=True), ("epsilon", "v_prediction")),
    "pndm_prk": (diffusers.PNDMScheduler, dict(), ("epsilon", "v_prediction")),
    "lms": (diffusers.LMSDiscreteScheduler, dict(), ALL),
    "ddim": (diffusers.DDIMScheduler, dict(clip_sample=False), ALL),
    "ddpm": (diffusers.DDPMScheduler, dict(clip_sample=False), ALL),
    "euler": (diffusers.EulerDiscreteScheduler, dict(), ALL),
    "euler_ancestral": (diffusers.EulerAncestralDiscreteScheduler, dict(), ("epsilon", "v_prediction")),
    "dpmpp_2m": (diffusers.DPMSolverMultistepScheduler, dict(), ALL),
    "heun": (diffusers.HeunDiscreteScheduler, dict(), ALL),
    "unipc": (diffusers.UniPCMultistepScheduler, dict(), ALL),
}
DYNAMIC = dict(thresholding=True, dynamic_thresholding_ratio=0.8, sample_max_value=1.5)

# kind -> what else there is to set, each tried once
VARIANTS = {
    "pndm": dict(
        stable_diffusion=dict(LATENT, steps_offset=1), one=dict(set_alpha_to_one=True),
        given=dict(num_train_timesteps=20, trained_betas=[0.01 + 0.003 * i * i for i in range(16)] + [0.8] * 4)),
    "pndm_prk": dict(one=dict(set_alpha_to_one=True, **LATENT)),
    "ddim": dict(
        clip=dict(clip_sample=True, clip_sample_range=0.8), dynamic=DYNAMIC, first=dict(set_alpha_to_one=False),
        zero=ZERO_SNR, cosine=dict(beta_schedule="squaredcos_cap_v2")),
    "ddpm": dict(
        clip=dict(clip_sample=True), dynamic=DYNAMIC, large=dict(variance_type="fixed_large"),
        log=dict(variance_type="fixed_small_log"), zero=ZERO_SNR,
        learned=dict(variance_type="learned_range", beta_schedule="squaredcos_cap_v2"),
        learned_trailing=dict(variance_type="learned_range", timestep_spacing="trailing")),
    "euler": dict(zero=ZERO_SNR, least=dict(final_sigmas_type="sigma_min"), latent=LATENT),
    "euler_ancestral": dict(zero=ZERO_SNR),
    "heun": dict(clip=dict(clip_sample=True, clip_sample_range=0.8)),
    "dpmpp_2m": dict(
        zero=ZERO_SNR, dynamic=DYNAMIC, least=dict(final_sigmas_type="sigma_min"), first=dict(solver_order=1),
        heun=dict(solver_type="heun"), heun_least=dict(solver_type="heun", final_sigmas_type="sigma_min"),
        euler_last=dict(final_sigmas_type="sigma_min", euler_at_final=True),
        not_lower=dict(final_sigmas_type="sigma_min", lower_order_final=False)),
    "unipc": dict(zero=ZERO_SNR, dynamic=DYNAMIC, least=dict(final_sigmas_type="sigma_min")),
}
UNCLIP = {
    "prior": dict(prediction_type="sample", clip_sample_range=5.0),
    "decoder": dict(variance_type="learned_range"),
    "enlarger": dict(),
    "free": dict(clip_sample=False),
}
DRAWS = ("ddpm", "euler_ancestral", "unclip")


def model(x, t):
    """Any smooth function of what a model sees."""
    return 0.7 * x + 0.3 * torch.sin(3 * x + 0.01 * float(t)) + 0.1


def give_noise(noise):
    """Makes every scheduler that draws noise draw this."""
    for module in (scheduling_ddpm, scheduling_ddim, scheduling_euler_ancestral_discrete, scheduling_unclip):
        module.randn_tensor = lambda shape, **_: noise.reshape(shape)


def recorded(x):
    """As a double that float32 can hold."""
    return x.float().double()


def in_doubles(scheduler):
    for name in ("betas", "alphas", "alphas_cumprod"):
        setattr(scheduler, name, getattr(scheduler, name).double())
    return scheduler


def step(scheduler, i, output, t, x):
    if isinstance(scheduler, diffusers.UnCLIPScheduler):
        after = scheduler.timesteps[i + 1] if i + 1 < len(scheduler.timesteps) else None
        return scheduler.step(output, t, x, prev_timestep=after).prev_sample
    return scheduler.step(output, t, x).prev_sample


def run(kind, scheduler, steps, strength=None):
    scheduler.set_timesteps(steps)
    timesteps = scheduler.timesteps
    start = torch.as_tensor(scheduler.init_noise_sigma).float()
    if hasattr(scheduler, "sigmas"):
        scheduler.sigmas = scheduler.sigmas.double()
    drawn = torch.randn(1, 1, 1, PIXELS).double()
    if strength is None:
        x, ends = recorded(drawn * start), [start, torch.tensor(0.0)]
    else:
        # the rule of diffusers' image-to-image pipelines
        begin = max(steps - min(int(steps * strength), steps), 0) * scheduler.order
        timesteps = timesteps[begin:]
        if hasattr(scheduler, "set_begin_index"):
            scheduler.set_begin_index(begin)
        one, none = torch.ones(1, 1, 1, 1).double(), torch.zeros(1, 1, 1, 1).double()
        ends = [scheduler.add_noise(*pair, timesteps[:1]).flatten()[0].float() for pair in ((one, none), (none, one))]
        x = recorded(ends[0].double() * torch.rand(1, 1, 1, PIXELS) + ends[1].double() * drawn)
    learned = scheduler.config.get("variance_type") == "learned_range"
    rows = []
    for i, t in enumerate(timesteps):
        one = torch.ones(1, 1, 1, PIXELS).double()
        scale = recorded(scheduler.scale_model_input(one, t)).flatten()[:1]
        output, noise = recorded(model(scale * x, t)), torch.randn(PIXELS).double()
        if learned:
            output = torch.cat([output, recorded(torch.tanh(torch.randn(1, 1, 1, PIXELS)))], dim=1)
        give_noise(noise)
        parts = [t.double().reshape(1), scale, x.flatten(), output.flatten()]
        rows.append(torch.cat(parts + ([noise] if kind in DRAWS else [])))
        x = recorded(step(scheduler, i, output, t, x))
        assert torch.isfinite(x).all(), (kind, steps, strength)
    end = torch.cat([torch.stack(ends), x.flatten()])
    rows.append(torch.cat([end, torch.zeros(len(rows[0]) - len(end))]))
    return torch.stack([row.float() for row in rows]).contiguous()


def possible(kind, steps):
    return steps >= {"pndm_prk": 4, "unclip": 2}.get(kind, 1)


class Recorder:
    def __init__(self):
        self.cases, self.tensors = [], {}

    def record(self, name, made, steps, strengths=()):
        kind = name.split("/")[0]
        runs = []
        for count in steps:
            if possible(kind, count):
                runs.append(f"{name}/{count}")
                self.tensors[runs[-1]] = run(kind, self.fresh(made), count)
        for strength in strengths:
            runs.append(f"{name}/10/{strength}")
            self.tensors[runs[-1]] = run(kind, self.fresh(made), 10, strength)
        self.cases.append(dict(name=name, config=json.loads(made.to_json_string()), runs=runs))

    @staticmethod
    def fresh(made):
        return in_doubles(type(made).from_config(made.config))

    def schedule(self, name, made):
        self.tensors[f"alpha_bar/{name}"] = made.alphas_cumprod.float().clone()


def main():
    folder = pathlib.Path(sys.argv[1])
    torch.manual_seed(20260105)
    torch.set_num_threads(1)
    recorder = Recorder()
    for kind, (scheduler, settings, predictions) in KINDS.items():
        for prediction in predictions:
            for spacing, offset in SPACINGS.items():
                made = scheduler(
                    prediction_type=prediction, timestep_spacing=spacing.split("+")[0], steps_offset=offset, **settings)
                recorder.record(f"{kind}/{prediction}/{spacing}", made, STEPS)
        for name, more in VARIANTS.get(kind, {}).items():
            made = scheduler(**{**settings, **more})
            recorder.record(f"{kind}/{name}", made, (10, 20))
            if name in ("stable_diffusion", "given", "zero", "cosine"):
                recorder.schedule(f"{kind}/{name}", made)
        if kind != "pndm_prk":
            made = scheduler(**settings, **LATENT, timestep_spacing="leading", steps_offset=1)
            recorder.record(f"{kind}/picture", made, (), STRENGTHS)
    for name, more in UNCLIP.items():
        recorder.record(f"unclip/{name}", diffusers.UnCLIPScheduler(**more), STEPS)
    recorder.schedule("unclip/free", diffusers.UnCLIPScheduler(clip_sample=False))
    recorder.schedule("ddim/epsilon/leading", diffusers.DDIMScheduler(clip_sample=False))
    (folder / "schedulers.json").write_text("[\n" + ",\n".join(json.dumps(c) for c in recorder.cases) + "\n]\n")
    save_file(recorder.tensors, folder / "schedulers.safetensors")


if __name__ == "__main__":
    main()
