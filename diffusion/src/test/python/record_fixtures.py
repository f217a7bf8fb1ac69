"""Records the parity fixtures: numbers computed by MinImagen, ResizeRight and PyTorch.

Usage: python record_fixtures.py FOLDER
"""

import json
import math
import pathlib
import sys
import types

# MinImagen imports its T5 encoder, which no fixture needs, on the way to the U-Net.
sys.modules["transformers"] = types.SimpleNamespace(T5Tokenizer=None, T5EncoderModel=None)

import minimagen.layers as layers
import minimagen.Unet as unet_module
import torch
from minimagen.diffusion_model import GaussianDiffusion
from resize_right import resize
from safetensors.torch import save_file

SMALL_HEAD = 8
TEXT_WIDTH = 12
BATCH = 3

# name -> (side, keep, MinImagen's arguments); "plain" leaves MinImagen's constants alone.
UNETS = {
    "plain": (8, (True, False, True), dict(dim=8, dim_mults=(1, 2), layer_attns=False, layer_cross_attns=False, attn_heads=2)),
    "efficient-sr": (
        16,
        (True, True, False),
        dict(dim=8, dim_mults=(1, 2), num_resnet_blocks=(1, 2), layer_attns=False, layer_cross_attns=(False, True),
             attn_heads=2, lowres_cond=True, memory_efficient=True, cond_dim=6),
    ),
    "middle": (
        8,
        (False, True, True),
        dict(dim=8, dim_mults=(1, 3), layer_attns=(False, True), layer_cross_attns=False, attn_heads=2,
             attend_at_middle=True, channels=1),
    ),
    "attention": (
        8,
        (True, False, False),
        dict(dim=8, dim_mults=(1, 2), num_resnet_blocks=1, layer_attns=True, layer_cross_attns=True, attn_heads=4),
    ),
}


def small_constants(text_length):
    """MinImagen hard-codes the width of a head; the small fixtures take another."""
    attention, transformer = layers.Attention, layers.TransformerBlock
    unet_module.Attention = lambda *args, dim_head, **rest: attention(*args, dim_head=SMALL_HEAD, **rest)
    unet_module.TransformerBlock = lambda *args, dim_head, **rest: transformer(*args, dim_head=SMALL_HEAD, **rest)
    layers.CrossAttention.__init__.__kwdefaults__["dim_head"] = SMALL_HEAD

    def shorten(unet):
        unet.max_text_len = text_length
        unet.null_text_embed = torch.nn.Parameter(torch.randn(1, text_length, unet.null_text_embed.shape[-1]))

    return shorten


def randomize(unet):
    """Fills every trainable parameter, the ones that start at 0 or 1 too, with numbers fp16 can hold."""
    with torch.no_grad():
        for parameter in unet.parameters():
            spread = 0.3 if parameter.dim() < 2 else parameter[0].numel() ** -0.5
            start = 1.0 if parameter.dim() == 1 and parameter.mean() == 1 else 0.0
            parameter.copy_((start + spread * torch.randn_like(parameter)).half())


def record_unet(name, side, keep, arguments, folder):
    shorten = None if name == "plain" else small_constants(text_length=9)
    unet = unet_module.Unet(text_embed_dim=TEXT_WIDTH, **arguments)
    if shorten:
        shorten(unet)
    randomize(unet)
    channels, length = unet.channels, unet.max_text_len
    mask = torch.arange(length)[None, :] < torch.tensor([[length // 2], [length], [1]])
    io = {
        "x": torch.randn(BATCH, channels, side, side),
        "time": torch.tensor([0.0, 17.0, 999.0]),
        "embeds": torch.randn(BATCH, length, TEXT_WIDTH),
        "mask": mask.float(),
        "keep": torch.tensor(keep).float(),
    }
    lowres = {}
    if arguments.get("lowres_cond"):
        io["lowres"] = torch.randn(BATCH, channels, side, side)
        io["lowres_time"] = torch.tensor([200.0, 0.0, 3.0])
        lowres = dict(lowres_cond_img=io["lowres"], lowres_noise_times=io["lowres_time"])
    unet_module.prob_mask_like = lambda shape, prob, device: torch.tensor(keep)
    with torch.no_grad():
        io["out"] = unet(io["x"], io["time"], text_embeds=io["embeds"], text_mask=mask, **lowres)
    weights = {path: tensor.half().contiguous() for path, tensor in unet.state_dict().items()}
    save_file(weights, folder / f"unet-{name}.safetensors")
    save_file({key: tensor.contiguous() for key, tensor in io.items()}, folder / f"unet-{name}-io.safetensors")
    (folder / f"unet-{name}.json").write_text(json.dumps(config(unet, arguments, name), indent=2) + "\n")


def config(unet, arguments, name):
    def per_layer(key, default):
        value = arguments.get(key, default)
        return list(value) if isinstance(value, tuple) else [value]

    return dict(
        dim=arguments["dim"],
        dim_mults=list(arguments["dim_mults"]),
        channels=unet.channels,
        cond_dim=unet.null_text_embed.shape[-1],
        text_embed_dim=TEXT_WIDTH,
        num_resnet_blocks=per_layer("num_resnet_blocks", 1),
        layer_attns=per_layer("layer_attns", True),
        layer_cross_attns=per_layer("layer_cross_attns", True),
        attn_heads=arguments["attn_heads"],
        lowres_cond=arguments.get("lowres_cond", False),
        memory_efficient=arguments.get("memory_efficient", False),
        attend_at_middle=arguments.get("attend_at_middle", False),
        max_text_len=unet.max_text_len,
        attn_dim_head=64 if name == "plain" else SMALL_HEAD,
    )


def record_resize(folder):
    """The matrices W of y = W·x, from the unit vectors."""
    matrices = {}
    for small, large in [(16, 64), (64, 16), (16, 32), (100, 64)]:
        stripes = torch.eye(small, dtype=torch.float64)[:, None, :, None].expand(-1, 1, -1, small)
        enlarged = resize(stripes, scale_factors=large / small, pad_mode="reflect")
        matrices[f"{small}-{large}"] = enlarged[:, 0, :, 0].T.float().contiguous()
    save_file(matrices, folder / "resize.safetensors")


def record_diffusion(folder):
    buffers = {}
    for timesteps in (25, 100, 1000):
        diffusion = GaussianDiffusion(timesteps=timesteps)
        for name in ("alphas_cumprod", "posterior_mean_coef1", "posterior_mean_coef2", "posterior_variance"):
            buffers[f"{timesteps}.{name}"] = getattr(diffusion, name).contiguous()
    cosine = torch.tensor([math.cos((t / 1000 + 0.008) / 1.008 * math.pi / 2) ** 2 for t in range(1001)], dtype=torch.float64)
    betas = (1 - cosine[1:] / cosine[:-1]).clamp(max=0.999)
    buffers["1000.cosine"] = (1 - betas).cumprod(0).float()
    save_file(buffers, folder / "diffusion.safetensors")


def record_adamw(folder):
    start, steps = torch.randn(40), 12
    gradients = torch.randn(steps, 40) * torch.logspace(-3, 1, 40)
    parameter = torch.nn.Parameter(start.clone())
    optimizer = torch.optim.AdamW([parameter], lr=3e-3, betas=(0.9, 0.99), eps=1e-8, weight_decay=0.05, foreach=False)
    history = []
    for gradient in gradients:
        parameter.grad = gradient.clone()
        optimizer.step()
        history.append(parameter.detach().clone())
    state = optimizer.state[parameter]
    tensors = dict(start=start, gradients=gradients, history=torch.stack(history), mean=state["exp_avg"],
                   square=state["exp_avg_sq"])
    save_file({key: tensor.contiguous() for key, tensor in tensors.items()}, folder / "adamw.safetensors")


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(20260101)
    torch.set_num_threads(1)
    for name, (side, keep, arguments) in UNETS.items():
        record_unet(name, side, keep, arguments, folder)
    record_resize(folder)
    record_diffusion(folder)
    record_adamw(folder)


if __name__ == "__main__":
    main()
