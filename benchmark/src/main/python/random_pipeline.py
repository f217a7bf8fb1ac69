"""Saves a Stable Diffusion 1 of full size, 2 GB in fp16, whose weights are random: python random_pipeline.py FOLDER."""

import json
import pathlib
import sys
import tempfile

import diffusers
import torch
import transformers

CHUNK = 1 << 20
CHANNELS = (128, 256, 512, 512)


def filled(build, *arguments, **options) -> torch.nn.Module:
    """A model in fp16 that repeats one chunk of noise: drawing two thousand million numbers takes minutes."""
    torch.set_default_dtype(torch.float16)
    with torch.device("meta"):
        model = build(*arguments, **options)
    torch.set_default_dtype(torch.float32)
    model = model.to_empty(device="cpu")
    noise = (0.02 * torch.randn(CHUNK)).half()
    with torch.no_grad():
        for each in model.parameters():
            flat = each.view(-1)
            for start in range(0, flat.numel(), CHUNK):
                flat[start : start + CHUNK] = noise[: flat.numel() - start]
    return model


def tokenizer() -> transformers.CLIPTokenizer:
    """Knows letters only."""
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    words = letters + [f"{each}</w>" for each in letters] + ["<|startoftext|>", "<|endoftext|>"]
    folder = pathlib.Path(tempfile.mkdtemp())
    (folder / "vocab.json").write_text(json.dumps({word: index for index, word in enumerate(words)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    return transformers.CLIPTokenizer.from_pretrained(folder, model_max_length=77)


def main() -> None:
    torch.manual_seed(1)
    words = tokenizer()
    text = transformers.CLIPTextConfig(
        vocab_size=len(words),
        bos_token_id=words.bos_token_id,
        eos_token_id=words.eos_token_id,
        hidden_size=768,
        intermediate_size=3072,
        num_hidden_layers=12,
        num_attention_heads=12,
    )
    diffusers.StableDiffusionPipeline(
        text_encoder=filled(transformers.CLIPTextModel, text),
        tokenizer=words,
        unet=filled(diffusers.UNet2DConditionModel, sample_size=64, cross_attention_dim=768),
        vae=filled(
            diffusers.AutoencoderKL,
            block_out_channels=CHANNELS,
            layers_per_block=2,
            down_block_types=("DownEncoderBlock2D",) * len(CHANNELS),
            up_block_types=("UpDecoderBlock2D",) * len(CHANNELS),
            latent_channels=4,
            sample_size=512,
        ),
        scheduler=diffusers.PNDMScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", skip_prk_steps=True, steps_offset=1
        ),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    ).save_pretrained(sys.argv[1])


if __name__ == "__main__":
    main()
