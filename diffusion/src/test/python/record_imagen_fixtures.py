"""Records what MinImagen computes layer by layer, in training and in sampling.

Usage: python record_imagen_fixtures.py FOLDER
"""

import json
import pathlib
import sys
import types

import record_fixtures  # keeps transformers out, as its comment says

# What MinImagen's sampler imports for progress bars and PIL pictures, which no fixture needs.
sys.modules["tqdm"] = types.SimpleNamespace(tqdm=lambda steps, **_: steps)
sys.modules["PIL"] = types.SimpleNamespace(Image=types.SimpleNamespace(Image=None))
sys.modules["torchvision"] = types.ModuleType("torchvision")
sys.modules["torchvision.transforms"] = types.ModuleType("torchvision.transforms")
sys.modules["torchvision"].transforms = sys.modules["torchvision.transforms"]

import minimagen.helpers as helpers
import minimagen.Imagen as imagen_module
import minimagen.layers as layers
import minimagen.Unet as unet_module
import torch
import torch.nn.functional as F
from minimagen.diffusion_model import GaussianDiffusion
from resize_right import resize
from safetensors.torch import save_file

HEAD = 8
TEXT_WIDTH = 12
BUFFERS = (
    "betas", "alphas_cumprod", "alphas_cumprod_prev", "sqrt_alphas_cumprod", "sqrt_one_minus_alphas_cumprod",
    "log_one_minus_alphas_cumprod", "sqrt_recip_alphas_cumprod", "sqrt_recipm1_alphas_cumprod",
    "posterior_variance", "posterior_log_variance_clipped", "posterior_mean_coef1", "posterior_mean_coef2",
)


def save(folder, name, tensors):
    save_file({key: tensor.detach().clone().contiguous() for key, tensor in tensors.items()},
              folder / f"{name}.safetensors")


def half(tensor):
    """Numbers that fp16 can hold, so that a fixture may store them so."""
    return tensor.half().float()


# ---- schedules and pictures ----------------------------------------------------------------------


def record_schedule(folder):
    save(folder, "schedule", {
        f"{timesteps}.{name}": getattr(GaussianDiffusion(timesteps=timesteps), name)
        for timesteps in (21, 25, 250, 1000) for name in BUFFERS
    })


def record_gaussian(folder):
    diffusion = GaussianDiffusion(timesteps=100)
    x, x0, noise = (torch.randn(5, 3, 8, 8) for _ in range(3))
    t = torch.tensor([0, 1, 50, 98, 99])
    mean, variance, log_variance = diffusion.q_posterior(x_start=x0, x_t=x, t=t)
    save(folder, "gaussian", dict(
        x=x, x0=x0, noise=noise, t=t.float(), q_sample=diffusion.q_sample(x0, t, noise),
        predict_start=diffusion.predict_start_from_noise(x, t, noise), posterior_mean=mean,
        posterior_deviation=(0.5 * log_variance).exp()))


def record_pictures(folder):
    tensors = {}
    for small, large in [(16, 32), (32, 16), (64, 16), (16, 64), (24, 32), (100, 64)]:
        picture = torch.rand(2, small, small)
        tensors[f"{small}-{large}.in"] = half(picture)
        tensors[f"{small}-{large}.out"] = resize(half(picture)[None], scale_factors=large / small, pad_mode="reflect")[0]
    save(folder, "resize-pictures", {
        key: tensor.half() if key.endswith(".in") else tensor for key, tensor in tensors.items()})


# ---- layers --------------------------------------------------------------------------------------


def record_layer(tensors, name, module, inputs, call=None):
    """Weights, inputs, output, and the gradient of mean(output x weight) for all of them."""
    if isinstance(module, torch.nn.Module):
        record_fixtures.randomize(module)
    inputs = {key: value.requires_grad_() for key, value in inputs.items()}
    out = (call or module)(*inputs.values())
    weight = torch.randn_like(out)
    (out * weight).mean().backward()
    leaves = dict(inputs)
    if isinstance(module, torch.nn.Module):
        leaves.update({f"m.{path}": parameter for path, parameter in module.named_parameters()})
        tensors.update({f"{name}.m.{path}": buffer for path, buffer in module.named_buffers()})
    for path, leaf in leaves.items():
        tensors[f"{name}.{path}"] = leaf
        tensors[f"{name}.grad.{path}"] = leaf.grad
    tensors[f"{name}.out"] = out
    tensors[f"{name}.weight"] = weight


def record_layers(folder):
    tensors = {}
    picture = lambda channels=8, side=4: torch.randn(2, channels, side, side)
    record_layer(tensors, "sinusoidal", layers.SinusoidalPosEmb(8), dict(x=torch.tensor([0.0, 17.0, 999.0])))
    record_layer(tensors, "block", layers.Block(8, 16), dict(x=picture()))
    record_layer(tensors, "resnet", layers.ResnetBlock(8, 16, time_cond_dim=6),
                 dict(x=picture(), vector=torch.randn(2, 6)))
    record_layer(tensors, "resnet-same", layers.ResnetBlock(8, 8, time_cond_dim=6),
                 dict(x=picture(), vector=torch.randn(2, 6)))
    record_layer(tensors, "resnet-cross", layers.ResnetBlock(8, 8, cond_dim=5, time_cond_dim=6),
                 dict(x=picture(), vector=torch.randn(2, 6), tokens=torch.randn(2, 7, 5)))
    flat = lambda module: lambda x, *rest: (
        module(x.flatten(2).transpose(1, 2), *rest).transpose(1, 2).reshape(x.shape))
    attention = layers.Attention(8, dim_head=HEAD, heads=2)
    record_layer(tensors, "attention", attention, dict(x=picture()), flat(attention))
    cross = layers.CrossAttention(8, context_dim=5, dim_head=HEAD)
    record_layer(tensors, "cross", cross, dict(x=picture(), tokens=torch.randn(2, 7, 5)), flat(cross))
    transformer = unet_module.TransformerBlock(8, heads=2, dim_head=HEAD)
    record_layer(tensors, "transformer", transformer, dict(x=picture()))
    record_layer(tensors, "channel-norm", layers.ChanLayerNorm(8), dict(x=picture()))
    record_layer(tensors, "cross-embed", layers.CrossEmbedLayer(2, (3, 7, 15), 8, stride=1), dict(x=picture(2, 8)))
    parallel = layers.Parallel(torch.nn.Conv2d(4, 8, 3, padding=1), torch.nn.Conv2d(4, 8, 1))
    record_layer(tensors, "parallel", parallel, dict(x=picture(4)))
    record_layer(tensors, "downsample", layers.Downsample(4, 8), dict(x=picture(4)))
    record_layer(tensors, "upsample", layers.Upsample(8, 4), dict(x=picture()))
    save(folder, "layers", tensors)


# ---- whole networks ------------------------------------------------------------------------------


def text(length, count=2):
    embeds = half(torch.randn(count, length, TEXT_WIDTH))
    mask = torch.arange(length)[None, :] < torch.tensor([[length], [max(1, length // 3)]])[:count]
    return embeds, mask


def record_config(unet, folder, name):
    arguments = {key: value for key, value in unet._locals.items() if key != "self"}
    arguments.update(max_text_len=unet.max_text_len)
    if unet.max_text_len != 256:
        arguments.update(attn_dim_head=HEAD)
    (folder / f"{name}.json").write_text(json.dumps(arguments, indent=2) + "\n")


def record_weights(unet, folder, name):
    save(folder, name, {path: tensor.half() for path, tensor in unet.state_dict().items()})


def record_captions(folder):
    """The presets for tests with MinImagen's own constants: captions too short, exact, too long, dropped."""
    for name, lowres in (("base-test", False), ("super-test", True)):
        preset = unet_module.SuperTest if lowres else unet_module.BaseTest
        unet = unet_module.Unet(**{**preset.defaults, "text_embed_dim": TEXT_WIDTH, "lowres_cond": lowres})
        record_fixtures.randomize(unet)
        io = dict(x=torch.randn(2, 3, 8, 8), time=torch.tensor([0.0, 999.0]))
        rest = {}
        if lowres:
            io.update(lowres=torch.randn(2, 3, 8, 8), lowres_time=torch.tensor([200.0, 3.0]))
            rest = dict(lowres_cond_img=io["lowres"], lowres_noise_times=io["lowres_time"])
        for length in (5, 256, 300):
            embeds, mask = text(length)
            io[f"{length}.embeds"], io[f"{length}.mask"] = embeds.half(), mask.float()
            for drop in (0.0, 1.0):
                with torch.no_grad():
                    io[f"{length}.out.{int(drop)}"] = unet(
                        io["x"], io["time"], text_embeds=embeds, text_mask=mask[:, :256], cond_drop_prob=drop, **rest)
        save(folder, f"unet-{name}-io", io)
        record_weights(unet, folder, f"unet-{name}")
        record_config(unet, folder, f"unet-{name}")


def small_unets():
    """Everything at once, base and super-resolution, small; heads and captions are short from here on."""
    shorten = record_fixtures.small_constants(text_length=9)
    shared = dict(dim=8, text_embed_dim=TEXT_WIDTH, channels=1, attn_heads=2)
    base = unet_module.Unet(**shared, dim_mults=(1, 2), layer_attns=(False, True), layer_cross_attns=(True, False),
                            attend_at_middle=True, cond_dim=6)
    enlarger = unet_module.Unet(**shared, dim_mults=(1, 1), num_resnet_blocks=(1, 0), layer_attns=False,
                                layer_cross_attns=(False, True), memory_efficient=True, lowres_cond=True)
    for unet in (base, enlarger):
        shorten(unet)
        record_fixtures.randomize(unet)
    return base, enlarger


def record_mixed(folder):
    shorten = record_fixtures.small_constants(text_length=9)
    unet = unet_module.Unet(dim=8, dim_mults=(1, 2, 1), channels=2, channels_out=5, cond_dim=10,
                            text_embed_dim=TEXT_WIDTH, num_resnet_blocks=(1, 0, 2), layer_attns=(False, True, False),
                            layer_cross_attns=(True, False, True), attn_heads=3, lowres_cond=True,
                            memory_efficient=False, attend_at_middle=True)
    shorten(unet)
    record_fixtures.randomize(unet)
    embeds, mask = text(9)
    io = dict(x=torch.randn(2, 2, 8, 8), time=torch.tensor([3.0, 700.0]), embeds=embeds, mask=mask.float(),
              keep=torch.ones(2), lowres=torch.randn(2, 2, 8, 8), lowres_time=torch.tensor([0.0, 41.0]))
    with torch.no_grad():
        io["out"] = unet(io["x"], io["time"], text_embeds=embeds, text_mask=mask, lowres_cond_img=io["lowres"],
                         lowres_noise_times=io["lowres_time"])
    save(folder, "unet-mixed-io", io)
    record_weights(unet, folder, "unet-mixed")
    record_config(unet, folder, "unet-mixed")


# ---- training and sampling -----------------------------------------------------------------------


def imagen(unets, timesteps, loss="l2"):
    made = imagen_module.Imagen(unets=list(unets), text_encoder_name="t5_small", text_embed_dim=TEXT_WIDTH,
                                image_sizes=(8, 16), channels=1, timesteps=timesteps, cond_drop_prob=0.1,
                                loss_type=loss)
    assert all(one is other for one, other in zip(made.unets, unets)), "the casts made fresh weights"
    return made


class Draws:
    """Replaces torch's random functions by ones that keep what they gave."""

    def __init__(self, **fixed):
        self.fixed, self.normal, self.integers = fixed, [], []
        self.originals = (torch.randn, torch.randn_like, torch.randint, unet_module.prob_mask_like)

    def __enter__(self):
        randn, _, randint, keep_like = self.originals
        torch.randn = lambda *shape, **rest: self.keep(randn(*shape))
        torch.randn_like = lambda like: self.keep(randn(like.shape))

        def integers(*arguments, **rest):
            self.integers.append(randint(*arguments, **rest))
            return self.integers[-1]

        torch.randint = integers
        unet_module.prob_mask_like = lambda shape, prob, device: (
            self.fixed["keep"] if 0 < prob < 1 else keep_like(shape, prob, device))
        return self

    def keep(self, tensor):
        self.normal.append(half(tensor))
        return self.normal[-1]

    def __exit__(self, *_):
        torch.randn, torch.randn_like, torch.randint, unet_module.prob_mask_like = self.originals


def record_training(folder, unets):
    keep = torch.tensor([True, False, True])
    images = half(torch.rand(3, 1, 20, 20))
    embeds, mask = text(9, 2)
    embeds, mask = torch.cat((embeds, embeds.flip(1)[:1])), torch.cat((mask, mask[1:]))
    tensors = dict(images=images, embeds=embeds, mask=mask.float(), keep=keep.float())
    for number, unet in enumerate(unets, 1):
        for loss in ("l2", "l1", "huber"):
            torch.manual_seed(77 + number)
            unet.zero_grad()
            with Draws(keep=keep) as draws:
                value = imagen(unets, 50, loss)(images, text_embeds=embeds, text_masks=mask, unet_number=number)
            value.backward()
            tensors[f"{number}.{loss}.loss"] = value.reshape(1)
            for path, parameter in unet.named_parameters():
                if loss == "l2" or parameter.dim() == 1:
                    tensors[f"{number}.{loss}.grad.{path}"] = parameter.grad
        tensors[f"{number}.times"] = draws.integers[0].float()
        tensors[f"{number}.noise"] = draws.normal[0]
        if number > 1:
            tensors[f"{number}.aug"] = draws.integers[1].float()
            tensors[f"{number}.lowres_noise"] = draws.normal[1]
        record_objectives(tensors, number, unet, tensors)
    save(folder, "training", tensors)


def record_objectives(tensors, number, unet, drawn):
    """MinImagen only predicts noise; the other targets and weights are written out here."""
    if number > 1:
        return
    schedule = GaussianDiffusion(timesteps=50)
    times = torch.tensor([1, 12, 40])
    tensors["objective.times"] = times.float()
    x0 = 2 * helpers.resize_image_to(drawn["images"], 8) - 1
    noise, mask = drawn["1.noise"], drawn["mask"] > 0.5
    signal = schedule.sqrt_alphas_cumprod[times].reshape(-1, 1, 1, 1)
    spread = schedule.sqrt_one_minus_alphas_cumprod[times].reshape(-1, 1, 1, 1)
    snr = schedule.alphas_cumprod[times] / (1 - schedule.alphas_cumprod[times])
    clipped = snr.clamp(max=0.5)
    targets = dict(noise=(noise, clipped / snr), x_start=(x0, clipped),
                   v=(signal * noise - spread * x0, clipped / (snr + 1)))
    keep = drawn["keep"] > 0.5
    for objective, (target, weight) in targets.items():
        for gamma, weights in (("none", torch.ones(3)), ("half", weight)):
            unet.zero_grad()
            with Draws(keep=keep):
                prediction = unet(signal * x0 + spread * noise, times, text_embeds=drawn["embeds"], text_mask=mask,
                                  cond_drop_prob=0.5)
            each = F.mse_loss(prediction, target, reduction="none").mean(dim=(1, 2, 3))
            value = (each * weights).mean()
            value.backward()
            tensors[f"{objective}.{gamma}.loss"] = value.reshape(1)
            for path in ("final_conv.bias", "null_text_hidden", "init_conv.convs.2.bias", "norm_cond.weight"):
                tensors[f"{objective}.{gamma}.grad.{path}"] = dict(unet.named_parameters())[path].grad.clone()


def record_adam(folder, unet):
    """MinImagen's optimizer on MinImagen's loss; only the last weights are kept whole."""
    optimizer = torch.optim.Adam(unet.parameters(), lr=1e-3, foreach=False)
    schedule, tensors = GaussianDiffusion(timesteps=50), {}
    embeds, mask = text(9)
    x0, noise = half(torch.randn(20, 2, 1, 8, 8)), half(torch.randn(20, 2, 1, 8, 8))
    times = torch.randint(0, 50, (20, 2))
    tensors.update(x0=x0.half(), noise=noise.half(), times=times.float(), embeds=embeds, mask=mask.float())
    losses = []
    for step in range(20):
        optimizer.zero_grad()
        noised = schedule.q_sample(x0[step], times[step], noise[step])
        loss = F.mse_loss(unet(noised, times[step], text_embeds=embeds, text_mask=mask), noise[step])
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
        if step + 1 in (1, 5, 20):
            for path, parameter in unet.named_parameters():
                if step + 1 == 20 or parameter.dim() == 1:
                    tensors[f"{step + 1}.{path}"] = parameter.detach().clone()
    tensors["losses"] = torch.stack(losses)
    save(folder, "adam", tensors)


def record_sampling(folder, unets):
    embeds, mask = text(9)
    for timesteps, scale, stages in ((25, 1.0, 2), (25, 3.0, 2), (100, 3.0, 1)):
        made = imagen(unets, timesteps)
        tensors = dict(embeds=embeds, mask=mask.float())
        trace = []
        original = GaussianDiffusion.q_posterior
        start = GaussianDiffusion.predict_start_from_noise

        def predict(self, x_t, t, noise):
            trace.append([x_t, start(self, x_t, t, noise)])
            return trace[-1][1]

        def posterior(self, x_start, x_t, t):
            trace[-1].append(x_start)
            return original(self, x_start, x_t, t)

        GaussianDiffusion.q_posterior, GaussianDiffusion.predict_start_from_noise = posterior, predict
        torch.manual_seed(timesteps)
        small = {}
        loop = made._p_sample_loop
        made._p_sample_loop = lambda unet, shape, **rest: small.setdefault(
            shape[-1], (rest["lowres_cond_img"], loop(unet, shape, **rest)))[1]
        with Draws() as draws, torch.no_grad():
            made.sample(text_embeds=embeds, text_masks=mask, cond_scale=scale)
        GaussianDiffusion.q_posterior, GaussianDiffusion.predict_start_from_noise = original, start
        normals, at = draws.normal, 0
        for number, side in list(enumerate((8, 16), 1))[:stages]:
            steps = trace[(number - 1) * timesteps:number * timesteps]
            if number == 2:
                tensors["2.lowres_noise"], at = normals[at], at + 1
                tensors["2.lowres"] = small[side][0]
            tensors[f"{number}.start"] = normals[at].half()
            tensors[f"{number}.noise"] = torch.stack(normals[at + 1:at + 1 + timesteps]).half()
            at += 1 + timesteps
            tensors[f"{number}.x"] = torch.stack([step[0] for step in steps])
            if scale == 3.0:
                tensors[f"{number}.x0.raw"] = torch.stack([step[1] for step in steps])
                tensors[f"{number}.x0"] = torch.stack([step[2] for step in steps])
            tensors[f"{number}.picture"] = small[side][1]
        save(folder, f"sampling-{timesteps}-{int(scale)}", tensors)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(20260102)
    torch.set_num_threads(1)
    record_schedule(folder)
    record_gaussian(folder)
    record_pictures(folder)
    record_captions(folder)
    record_mixed(folder)
    record_layers(folder)
    unets = small_unets()
    for name, unet in zip(("base", "enlarger"), unets):
        record_weights(unet, folder, f"unet-{name}")
        record_config(unet, folder, f"unet-{name}")
    record_sampling(folder, unets)
    record_training(folder, unets)
    record_adam(folder, unets[0])


if __name__ == "__main__":
    main()
