"""Records what mbn312/dalle2 computes, and what the papers' formulas give where our models differ from it.

Usage: python record_unclip_fixtures.py DALLE2 FOLDER, where DALLE2 is a checkout of github.com/mbn312/dalle2 at c9a1ea9
"""

import math
import pathlib
import sys
import tempfile
import types

sys.path.insert(0, sys.argv[1])
sys.modules["matplotlib"] = types.ModuleType("matplotlib")  # the sampler's plots, which no fixture needs
sys.modules["matplotlib.pyplot"] = sys.modules["matplotlib"].pyplot = types.ModuleType("matplotlib.pyplot")

import model.decoder as decoder_module
import torch
import torch.nn.functional as F
from data.data_utils import get_schedule_values, tokenizer
from model.clip import CLIP
from model.decoder import Decoder, sample_image
from model.prior import DiffusionPrior
from model.transformer import SinusoidalPositionalEmbedding, TransformerBlock
from safetensors.torch import save_file
from torch import nn

CAPTIONS = ["An image of a coat", "a bag", "An image of a shirt", "a bag", "x"]
BATCH = len(CAPTIONS)
LENGTH = 24
LATENT = 32
SIDE = 8
TIMES = 50


def namespace(**values):
    return types.SimpleNamespace(**values)


def config(latent, schedule_time=TIMES):
    tower = dict(dropout=0.0, r_mlp=3, bias=False)
    return namespace(
        latent_dim=latent, img_size=(SIDE, SIDE), img_channels=1, vocab_size=256, text_seq_length=LENGTH, device="cpu",
        clip=namespace(patch_size=(4, 4), vit_width=12, vit_layers=2, vit_heads=3, text_width=8, text_layers=1,
                       text_heads=2, model_location=None, **tower),
        prior=namespace(max_time=schedule_time, schedule="cosine", n_layers=2, n_heads=4, model_location=None, **tower),
        decoder=namespace(max_time=schedule_time, schedule="cosine", n_groups=2, kernel_size=(3, 3), model_channels=4,
                          cond_channels=6, channel_ratios=[1, 2, 3, 4], n_layer_blocks=2, use_scale_shift=True,
                          n_heads=2, stride=2, down_pool=False, text_layers=1, n_img_tokens=3, model_location=None,
                          **tower))


def randomize(module, scale=0.3):
    """Weights that fp16 can hold, normalisations and the temperature near where they start."""
    with torch.no_grad():
        for path, parameter in module.named_parameters():
            start = parameter.clone() if parameter.dim() < 2 and ("ln" in path or "norm" in path or "temperature" in path
                                                                  ) else torch.zeros_like(parameter)
            parameter.copy_((start + torch.randn_like(parameter) * scale).half().float())
    return module.eval()


def save(folder, name, tensors):
    save_file({key: value.detach().clone().contiguous() for key, value in tensors.items()},
              folder / f"{name}.safetensors")


def weights(module, prefix="", without=()):
    """Weights as fp16, without the buffers, which are arithmetic and no weights."""
    return {prefix + path: parameter.half() for path, parameter in module.named_parameters()
            if not path.startswith(without)}


def gradients(tensors, name, module, prefix=""):
    tensors.update({f"{name}.grad.{prefix}{path}": parameter.grad for path, parameter in module.named_parameters()
                    if parameter.grad is not None})
    module.zero_grad()


def tokens():
    pairs = [tokenizer(caption, text_seq_length=LENGTH) for caption in CAPTIONS]
    return torch.stack([pair[0] for pair in pairs]), torch.stack([pair[1] for pair in pairs])


# ---- mbn312/dalle2 as it is ----------------------------------------------------------------------


def record_clip(folder, clip, pictures, ids, mask):
    tensors = dict(pictures=pictures, ids=ids.float(), mask=mask.float())
    tensors["image"] = clip.image_encoder(pictures)
    tensors["text"] = clip.text_encoder(ids, mask=mask)
    tensors["encodings"] = clip.text_encoder(ids, mask=mask, get_all_features=True)
    loss = clip(pictures, ids, mask=mask)
    loss.backward()
    tensors["seed.loss"] = loss
    gradients(tensors, "seed", clip)
    # equal captions are no negatives, and the scale is at most 100
    for name, temperature in (("mended", None), ("bounded", 5.0)):
        kept = clip.temperature.detach().clone()
        if temperature:
            clip.temperature.data.fill_(temperature)
        images, texts = (F.normalize(each, dim=-1) for each in (
            clip.image_encoder(pictures), clip.text_encoder(ids, mask=mask)))
        logits = images @ texts.T * clip.temperature.clamp(max=math.log(100)).exp()
        equal = (ids[:, None] == ids[None]).all(-1) & ~torch.eye(BATCH, dtype=torch.bool)
        labels = torch.arange(BATCH)
        rows = F.cross_entropy(logits.masked_fill(equal, -math.inf), labels)
        columns = F.cross_entropy(logits.T.masked_fill(equal, -math.inf), labels)
        loss = (rows + columns) / 2
        loss.backward()
        tensors[f"{name}.loss"] = loss
        gradients(tensors, name, clip)
        clip.temperature.data.copy_(kept)
    save(folder, "unclip-clip-io", tensors)
    save(folder, "unclip-clip", weights(clip))


def loaded(cls, setting, part, folder):
    """A model whose constructor reads another model's file."""
    getattr(setting, part[0]).model_location = folder / f"{part[0]}.pt"
    torch.save(part[1].state_dict(), folder / f"{part[0]}.pt")
    return cls(setting)


def record_prior(folder, prior, pictures, ids, mask):
    drawn = torch.tensor([0, 7, 31, 48, 49])
    noise = torch.randn(BATCH, LATENT)
    patched(torch, randint=lambda *_, **__: drawn, randn_like=lambda _: noise)
    loss = prior(pictures, ids, masks=mask)
    restore()
    loss.backward()
    tensors = dict(pictures=pictures, ids=ids.float(), mask=mask.float(), times=drawn.float(), noise=noise, loss=loss)
    gradients(tensors, "seed", prior)
    tensors["image"] = prior.clip.image_encoder(pictures)
    tensors["text"] = prior.clip.text_encoder(ids, mask=mask)
    start = torch.randn(BATCH, 1, LATENT)
    patched(torch, randn=lambda *_, **__: start)
    caption = F.pad(ids, (0, LATENT - LENGTH))[:, None]
    tensors["start"] = start
    tensors["sampled"] = prior.get_one_sample(tensors["text"][:, None], caption)
    restore()
    save(folder, "unclip-prior-io", tensors)
    save(folder, "unclip-prior", weights(prior, without=("clip.",)))


def record_decoder(folder, decoder, pictures, ids, mask):
    image = torch.randn(BATCH, LATENT)
    decoder.prior.sample = lambda *_: image
    time = torch.tensor([0, 7, 31, 48, 49])
    tensors = dict(x=pictures, time=time.float(), ids=ids.float(), mask=mask.float(), image=image)
    tensors["out"] = decoder(pictures, time, caption=ids, mask=mask)
    tensors["out.blind"] = decoder(pictures, time)
    save(folder, "unclip-decoder", weights(decoder, without=("prior.",)))
    save(folder, "unclip-decoder-io", tensors)


def record_sampler(folder, decoder, ids, mask):
    """Five steps of five, each with the noise and what was predicted."""
    setting = config(LATENT, 5)
    start, noise = torch.randn(BATCH, 1, SIDE, SIDE), torch.randn(5, BATCH, 1, SIDE, SIDE)
    tensors = dict(start=start, noise=noise)
    drawn = iter(noise)
    patched(torch, randn=lambda *_, **__: start, randn_like=lambda _: next(drawn))
    forward = decoder.forward

    def spy(x, time, **arguments):
        step = 4 - int(time[0])
        tensors[f"{step}.x"] = x
        tensors[f"{step}.predicted"] = forward(x, time, **arguments)
        return tensors[f"{step}.predicted"]

    decoder.forward = spy
    tensors["out"] = sample_image(setting, ids, mask, decoder=decoder)
    decoder.forward = forward
    restore()
    save(folder, "unclip-sampler", tensors)


def record_schedule(folder):
    tensors = {}
    for count in (5, 50, 1000):
        values = get_schedule_values("cosine", count, "cpu")
        for name in ("betas", "alpha_bars", "sqrt_recip_alphas", "sigma"):
            tensors[f"{count}.{name}"] = values[name]
    save(folder, "unclip-schedule", tensors)


# ---- our own form, by the formulas ---------------------------------------------------------------


class OurPrior(nn.Module):
    """Tokens of a text encoder instead of bytes; learned tokens for what is not there."""

    def __init__(self, latent, text, width, layers):
        super().__init__()
        self.text_tokens = nn.Linear(text, width)
        self.text_projection = nn.Linear(latent, width)
        self.image_projection = nn.Linear(latent, width)
        self.null_text_tokens = nn.Parameter(torch.empty(1, LENGTH, width))
        self.null_text_embedding = nn.Parameter(torch.empty(1, 1, width))
        self.time_mlp = nn.Sequential(
            SinusoidalPositionalEmbedding(TIMES, width), nn.Linear(width, 3 * width, bias=False), nn.SiLU(),
            nn.Linear(3 * width, width, bias=False))
        self.learned_embedding = nn.Parameter(torch.empty(width))
        self.decoder = nn.ModuleList(TransformerBlock(width, width, n_heads=2, r_mlp=3) for _ in range(layers))
        self.output = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, latent, bias=False))

    def forward(self, x, time, text, encodings, mask, keep):
        seen = (mask * keep[:, None])[..., None] > 0
        words = torch.where(seen, self.text_tokens(encodings), self.null_text_tokens)
        caption = torch.where(keep[:, None, None] > 0, self.text_projection(text)[:, None], self.null_text_embedding)
        sequence = torch.cat([
            words, caption, self.time_mlp(time)[:, None], self.image_projection(x)[:, None],
            self.learned_embedding.expand(len(x), 1, -1)], dim=1)
        causal = torch.tril(torch.ones(sequence.shape[1], sequence.shape[1]))[None]
        for block in self.decoder:
            sequence = block(sequence, mask=causal)
        return self.output(sequence[:, -1])


def scaled(x):
    return F.normalize(x, dim=-1) * x.shape[-1] ** 0.5


def record_our_prior(folder):
    torch.manual_seed(20260112)
    latent, text, width = 12, 8, 16
    prior = randomize(OurPrior(latent, text, width, 2))
    alpha_bar = get_schedule_values("cosine", TIMES, "cpu")["alpha_bars"].double()
    image, caption = (scaled(torch.randn(BATCH, latent)) for _ in range(2))
    _, mask = tokens()
    encodings = torch.randn(BATCH, LENGTH, text) * mask[..., None]
    noise, x, z = (torch.randn(BATCH, latent) for _ in range(3))
    keep = torch.tensor([1.0, 0.0, 1.0, 1.0, 0.0])
    times = torch.tensor([0, 7, 31, 48, 49])
    mix = lambda a, b: (alpha_bar[times].sqrt().float()[:, None] * a + (1 - alpha_bar[times]).sqrt().float()[:, None] * b)
    loss = F.mse_loss(prior(mix(image, noise), times, caption, encodings, mask, keep), image)
    loss.backward()
    tensors = dict(image=image, text=caption, encodings=encodings, mask=mask.float(), noise=noise, keep=keep,
                   times=times.float(), x=x, z=z, loss=loss)
    gradients(tensors, "our", prior)

    # two steps of the reverse process: from t to t' < t, with guidance, x0 brought to its length or left free
    guidance, eta = 2.5, 0.6
    for t, to in ((49, 37), (12, -1)):
        same = torch.full((BATCH,), t)
        ones = torch.ones(BATCH)
        heard = prior(x, same, caption, encodings, mask, ones)
        unheard = prior(x, same, caption, encodings, mask, 0 * ones)
        guided = unheard + guidance * (heard - unheard)
        now, then = alpha_bar[t], alpha_bar[to] if to >= 0 else torch.tensor(1.0, dtype=torch.float64)
        for name, x0 in (("", scaled(guided).double()), ("free.", guided.double())):
            beta = 1 - now / then
            mean = x0 * beta * then.sqrt() / (1 - now) + x.double() * (1 - then) * (now / then).sqrt() / (1 - now)
            tensors[f"{name}ddpm.{t}"] = (mean + (beta * (1 - then) / (1 - now)).sqrt() * z.double()).float()
            epsilon = (x.double() - now.sqrt() * x0) / (1 - now).sqrt()
            sigma = eta * ((1 - then) / (1 - now) * (1 - now / then)).sqrt()
            tensors[f"{name}ddim.{t}"] = (then.sqrt() * x0 + (1 - then - sigma ** 2).clamp(min=0).sqrt() * epsilon
                                          + sigma * z.double()).float()
            tensors[f"{name}x0.{t}"] = x0.float()
    tensors["guidance"], tensors["eta"] = torch.tensor([guidance]), torch.tensor([eta])
    save(folder, "unclip-our-prior", {**weights(prior, "weight."), **tensors})


# ---- ---------------------------------------------------------------------------------------------

_originals = []


def patched(module, **replacements):
    for name, replacement in replacements.items():
        _originals.append((module, name, getattr(module, name)))
        setattr(module, name, replacement)


def restore():
    while _originals:
        module, name, original = _originals.pop()
        setattr(module, name, original)


def main():
    folder = pathlib.Path(sys.argv[2])
    torch.manual_seed(20260111)
    torch.set_num_threads(1)
    ids, mask = tokens()
    pictures = torch.rand(BATCH, 1, SIDE, SIDE) * 2 - 1
    clip = randomize(CLIP(config(10)))
    record_clip(folder, clip, pictures, ids, mask)
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        setting = config(LATENT)
        prior = randomize(loaded(DiffusionPrior, setting, ("clip", randomize(CLIP(setting))), scratch))
        record_prior(folder, prior, pictures, ids, mask)
        decoder = randomize(loaded(Decoder, setting, ("prior", prior), scratch))
        with torch.no_grad():  # or the sampler's cut at 1 would hide what it cuts
            decoder.output[2].weight.mul_(0.125)
    record_decoder(folder, decoder, pictures, ids, mask)
    with torch.no_grad():
        record_sampler(folder, decoder, ids, mask)
    record_schedule(folder)
    record_our_prior(folder)


main()
