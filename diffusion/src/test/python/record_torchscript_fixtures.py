"""Records TorchScript files as other people would bring them, good ones and bad ones, and what PyTorch makes of them.

Usage: PYTHONHASHSEED=0 python record_torchscript_fixtures.py FOLDER    (writes FOLDER/torchscript/)
"""

import pathlib
import statistics
import sys
import zipfile

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional

SEED = 20260121
IMAGE_SEED = 7
STAGE = "base"
TIMESTEPS = 1000
STEPS = 8
GUIDANCE = 3.0
TOKENS, WIDTH = 6, 8
SCALING = 0.25


class Plain(nn.Module):
    """Predicts the noise in a picture; hears nothing else."""

    def __init__(self):
        super().__init__()
        self.time = nn.Linear(8, 12)
        self.first = nn.Conv2d(3, 12, 3, padding=1)
        self.last = nn.Conv2d(12, 3, 3, padding=1)
        self.register_buffer("waves", torch.exp(torch.linspace(0, -7, 4)))

    def forward(self, x, t):
        angles = t.float()[:, None] * self.waves
        time = self.time(torch.cat([angles.sin(), angles.cos()], 1))
        return x * 0.9 + self.last(functional.silu(self.first(x) + time[:, :, None, None]))


class Guided(nn.Module):
    """Predicts the velocity of latents from a caption; time from 0 to 1; a second answer that nobody needs."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(4, 8, 3, padding=1)
        self.words = nn.Linear(WIDTH, 8)
        self.time = nn.Linear(1, 8)
        self.last = nn.Conv2d(8, 4, 3, padding=1)

    def forward(self, context: Tensor, mask: Tensor, x: Tensor, time: Tensor):
        words = (self.words(context) * mask.unsqueeze(2)).sum(1)
        if context.size(0) > 100:
            words = words * 2
        h = functional.silu(self.first(x) + (words + self.time(time))[:, :, None, None])
        return h, x * time[:, :, None, None] + self.last(h)


class Decoder(nn.Module):
    """Makes a picture from 0 to 1 of latents, in double precision."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(4, 3, 3, padding=1)

    def forward(self, z):
        return torch.sigmoid(functional.interpolate(self.conv(z), scale_factor=2.0, mode="nearest"))


class Encoder(nn.Module):
    """Makes latents of a picture from 0 to 1."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 2, stride=2)

    def forward(self, picture):
        return self.conv(picture)


class Words(nn.Module):
    """Encodes captions of 6 tokens; the file under test calls it by another name than forward."""

    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(400, WIDTH)

    def forward(self, ids: Tensor, mask: Tensor):
        embeds = self.table(ids) * mask.unsqueeze(2)
        return embeds, embeds.sum(1)

    @torch.jit.export
    def encode(self, ids: Tensor, mask: Tensor):
        return self.forward(ids, mask)


class Enlarger(nn.Module):
    """Predicts a picture from a noisy one and, in channels behind it, a small one; hears how noisy that is."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(6, 3, 3, padding=1)

    def forward(self, joined, t, level):
        return torch.tanh(self.conv(joined) * (1 + (t - level)[:, None, None, None] / 1000))


class Kept(nn.Module):
    """Predicts a picture from a caption as a whole, and knows when there is none."""

    def __init__(self):
        super().__init__()
        self.colour = nn.Linear(WIDTH, 3)
        self.nothing = nn.Parameter(torch.randn(1, 3))

    def forward(self, x: Tensor, t: Tensor, pooled: Tensor, keep: Tensor):
        colour = torch.where(keep.view(-1, 1), self.colour(pooled), self.nothing)
        return x * 0.1 + colour[:, :, None, None]


class WrongShape(Plain):
    def forward(self, x, t):
        return super().forward(x, t)[:, :2]


class NotANumber(Plain):
    def forward(self, x, t):
        return torch.log(-super().forward(x, t).abs() - 1)


class Unsteady(Plain):
    def forward(self, x, t):
        return functional.dropout(super().forward(x, t), 0.5, True)


class Sociable(Plain):
    def forward(self, x, t):
        h = super().forward(x, t)
        return h - h.mean(0, keepdim=True)


class Writes(nn.Module):
    def forward(self, x: Tensor, t: Tensor):
        torch.ops.aten.save(x, "/tmp/written-by-a-model")
        return x


class Reads(nn.Module):
    def forward(self, x: Tensor, t: Tensor):
        return x + torch.from_file("/etc/hostname", False, 1)


class OneAtATime(nn.Module):
    def forward(self, x: Tensor, t: Tensor):
        assert x.size(0) == 1, "only one picture at a time"
        return x


class Numbers(nn.Module):
    def forward(self, x: Tensor, t: int):
        return x * t


class Dictionary(nn.Module):
    def forward(self, x: Tensor, t: Tensor):
        return {"sample": x}


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def farm_noise(seed, domain, purpose, shape):
    """The farm's own normals: Philox4x32-10, keyed by the seed, named by a CRC."""
    low, normal, numbers = 0xFFFFFFFF, statistics.NormalDist(), []
    name = crc32c(f"{domain}\0{purpose}".encode())
    count = torch.Size(shape).numel()
    for block in range((count + 3) // 4):
        c, k = [block, 0, 0, name], [seed & low, seed >> 32]
        for _ in range(10):
            p0, p1 = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
            c = [(p1 >> 32) ^ c[1] ^ k[0], p1 & low, (p0 >> 32) ^ c[3] ^ k[1], p0 & low]
            k = [(k[0] + 0x9E3779B9) & low, (k[1] + 0xBB67AE85) & low]
        numbers += [normal.inv_cdf((word + 0.5) / 2**32) for word in c]
    return torch.tensor(numbers[:count], dtype=torch.float64).float().reshape(shape)


def loop(start, predict, alpha_bars, objective, clip):
    """DDIM over every TIMESTEPS/STEPS-th timestep, down to the clean picture: all x0, then the last x."""
    x, guesses = start.double(), []
    stride = TIMESTEPS // STEPS
    for t in range(TIMESTEPS - 1, -1, -stride):
        a = alpha_bars[t]
        before = alpha_bars[t - stride] if t >= stride else torch.ones((), dtype=torch.float64)
        m = predict(x.float(), torch.tensor([t])).double()
        x0 = dict(noise=(x - (1 - a).sqrt() * m) / a.sqrt(), v=a.sqrt() * x - (1 - a).sqrt() * m, x_start=m)[objective]
        x0 = x0.clamp(-1, 1) if clip else x0
        noise = (x - a.sqrt() * x0) / (1 - a).sqrt()
        x = before.sqrt() * x0 + (1 - before).sqrt() * noise
        guesses.append(x0)
    return torch.cat(guesses).float(), x.float()


@torch.inference_mode()
def record_loops(plain, guided, decoder, encoder, enlarger, kept):
    betas = torch.linspace(1e-4, 0.02, TIMESTEPS, dtype=torch.float32)
    alpha_bars = torch.cumprod(1 - betas, 0).double()
    start = farm_noise(IMAGE_SEED, STAGE, "start", (1, 3, 8, 8))
    guesses, picture = loop(start, plain, alpha_bars, "noise", True)
    recorded = {"plain.start": start, "plain.x0": guesses, "plain.x": picture}
    embeds, mask = torch.randn(1, TOKENS, WIDTH), torch.zeros(1, TOKENS)
    mask[:, :4] = 1

    def guide(x, t):
        time = t[:, None].float() / 1000
        caption = guided(embeds, mask.bool(), x, time)[1]
        nothing = guided(torch.zeros_like(embeds), torch.zeros_like(mask).bool(), x, time)[1]
        return nothing + GUIDANCE * (caption - nothing)

    start = farm_noise(IMAGE_SEED, STAGE, "start", (1, 4, 4, 4))
    guesses, latents = loop(start, guide, alpha_bars, "v", False)
    recorded |= {"guided.embeds": embeds, "guided.mask": mask, "guided.x": latents, "guided.start": start}
    recorded["decoder.picture"] = decoder(latents.double() / SCALING).float()
    small = torch.rand(1, 3, 8, 8)
    noise = farm_noise(IMAGE_SEED, STAGE, "aug", (1, 3, 8, 8))
    seen = (alpha_bars[0].sqrt() * (small * 2 - 1) + (1 - alpha_bars[0]).sqrt() * noise).float()
    start = recorded["plain.start"]
    guesses, picture = loop(
        start, lambda x, t: enlarger(torch.cat([x, seen], 1), t, torch.tensor([0])), alpha_bars, "x_start", True)
    recorded |= {"enlarger.small": small, "enlarger.x0": guesses, "enlarger.x": picture}
    pooled = torch.randn(1, WIDTH)

    def choose(x, t):
        caption = kept(x, t, pooled, torch.tensor([True]))
        nothing = kept(x, t, pooled, torch.tensor([False]))
        return nothing + GUIDANCE * (caption - nothing)

    guesses, picture = loop(start, choose, alpha_bars, "x_start", True)
    recorded |= {"kept.pooled": pooled, "kept.x0": guesses, "kept.x": picture}
    pixels = torch.rand(1, 3, 8, 8)
    recorded |= {"encoder.picture": pixels, "encoder.latents": encoder(pixels) * SCALING}
    return recorded


def without_debug_symbols(source, target):
    """The same archive without what it does not need, so that the fixture is small."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            if not name.endswith((".debug_pkl", "serialization_id")) and "traced_inputs" not in name:
                entry = zipfile.ZipInfo(name)
                packed = name.endswith((".py", ".pkl"))
                new.writestr(entry, old.read(name), zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED)


def main():
    folder = pathlib.Path(sys.argv[1]) / "torchscript"
    folder.mkdir(exist_ok=True)
    torch.manual_seed(SEED)
    plain, guided, words = Plain().eval(), Guided().eval(), Words().eval()
    decoder, encoder = Decoder().double().eval(), Encoder().eval()
    enlarger, kept = Enlarger().eval(), Kept().eval()
    recorded = record_loops(plain, guided, decoder, encoder, enlarger, kept)
    ids, mask = torch.tensor([[3, 1, 4, 1, 0, 0]]), torch.tensor([[1.0, 1, 1, 1, 0, 0]])
    x, t = torch.randn(2, 3, 8, 8), torch.tensor([3, 500])
    programs = {
        "plain": torch.jit.trace(plain, (x, t), check_trace=False),
        "guided": torch.jit.script(guided),
        "decoder": torch.jit.trace(decoder, torch.randn(2, 4, 4, 4).double(), check_trace=False),
        "encoder": torch.jit.trace(encoder, torch.rand(2, 3, 8, 8), check_trace=False),
        "enlarger": torch.jit.trace(enlarger, (torch.randn(2, 6, 8, 8), t, t // 2), check_trace=False),
        "kept": torch.jit.script(kept),
        "words": torch.jit.script(words),
        "wrong-shape": torch.jit.trace(WrongShape().eval(), (x, t), check_trace=False),
        "not-a-number": torch.jit.trace(NotANumber().eval(), (x, t), check_trace=False),
        "unsteady": torch.jit.trace(Unsteady().eval(), (x, t), check_trace=False),
        "sociable": torch.jit.trace(Sociable().eval(), (x, t), check_trace=False),
    }
    for each in (Writes, Reads, OneAtATime, Numbers, Dictionary):
        programs[each.__name__.lower()] = torch.jit.script(each())
    for name, program in programs.items():
        program.save(folder / "whole.pt")
        without_debug_symbols(folder / "whole.pt", folder / f"{name}.pt")
        torch.jit.load(folder / f"{name}.pt")
    (folder / "whole.pt").unlink()
    torch.save(plain.state_dict(), folder / "checkpoint.pt")
    with torch.inference_mode():
        save_file(dict(x=x, timestep=t, prediction=plain(x, t)), folder / "plain-call.safetensors")
        recorded |= {"words.ids": ids.float(), "words.mask": mask, "words.embeds": words(ids, mask)[0]}
    save_file({key: value.contiguous() for key, value in recorded.items()}, folder / "loops.safetensors")


if __name__ == "__main__":
    main()
