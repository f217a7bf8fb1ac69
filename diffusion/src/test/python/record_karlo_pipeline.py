"""Records a whole run of diffusers' UnCLIPPipeline with tiny random weights: its parts, and every step of it.

Usage: python record_karlo_pipeline.py FOLDER    (the folder that holds CLIP's vocabulary)
"""

import json
import math
import pathlib
import sys

import torch
from diffusers import PriorTransformer, UNet2DConditionModel, UNet2DModel, UnCLIPPipeline, UnCLIPScheduler
from diffusers.pipelines.deprecated.unclip.text_proj import UnCLIPTextProjModel
from diffusers.schedulers import scheduling_unclip
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModelWithProjection, CLIPTokenizer

SEED = 20260122
CAPTION = "a small red circle"
SIMPLE = ("ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D")
# odd on purpose: nothing halves evenly, heads are three or five wide, the enlargement is no whole number
SIZES = dict(tokens=9, heads=3, width=15, tokens_of_picture=3, cross=14, channels=(8, 12), small=10, large=22,
             timesteps=777)
STEPS = dict(prior=4, decoder=4, super_res=3)
GUIDANCE = dict(prior=4.0, decoder=3.0)


def randomise(model):
    """Weights that let every part be heard, as fp16, which is what is stored."""
    with torch.no_grad():
        for path, value in model.named_parameters():
            if value.dim() > 1 and not path.startswith(("clip_", "prd_", "positional")):
                value.copy_(torch.randn(value.shape) * 1.3 / math.sqrt(value[0].numel()))
            elif path.endswith(("weight", "clip_std")):
                value.copy_(1 + 0.3 * torch.randn(value.shape))
            else:
                value.copy_(0.3 * torch.randn(value.shape))
            value.copy_(value.half().float())
    return model.eval()


def pipeline(folder, seed, sizes):
    """A pipeline of these sizes; the tokenizer is made of the vocabulary in the folder."""
    torch.manual_seed(seed)
    vocabulary, merges = folder / "clip-vocab.json", folder / "clip-merges.txt"
    tokenizer = CLIPTokenizer.from_pretrained(_tokenizer_folder(vocabulary, merges, sizes["tokens"]))
    words = json.loads(vocabulary.read_text())
    width, channels = sizes["width"], sizes["channels"]
    common = dict(block_out_channels=channels, layers_per_block=1, norm_num_groups=4, resnet_time_scale_shift="scale_shift")
    text = CLIPTextModelWithProjection(CLIPTextConfig(
        vocab_size=len(words), hidden_size=width, intermediate_size=2 * width + 1, num_hidden_layers=2,
        num_attention_heads=sizes["heads"], max_position_embeddings=sizes["tokens"] + 2, hidden_act="gelu",
        projection_dim=width, eos_token_id=words["<|endoftext|>"], bos_token_id=words["<|startoftext|>"]))
    prior = PriorTransformer(num_attention_heads=sizes["heads"], attention_head_dim=4, num_layers=2,
                             embedding_dim=width, num_embeddings=sizes["tokens"])
    projection = UnCLIPTextProjModel(clip_extra_context_tokens=sizes["tokens_of_picture"], clip_embeddings_dim=width,
                                     time_embed_dim=4 * channels[0], cross_attention_dim=sizes["cross"])
    decoder = UNet2DConditionModel(
        sample_size=sizes["small"], in_channels=3, out_channels=6, down_block_types=SIMPLE,
        up_block_types=("SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"),
        mid_block_type="UNetMidBlock2DSimpleCrossAttn", attention_head_dim=4, cross_attention_dim=sizes["cross"],
        class_embed_type="identity", **common)

    def enlarger():
        return UNet2DModel(
            sample_size=sizes["large"], in_channels=6, out_channels=3, add_attention=False,
            down_block_types=("ResnetDownsampleBlock2D",) * 2, up_block_types=("ResnetUpsampleBlock2D",) * 2, **common)

    return UnCLIPPipeline(
        text_encoder=randomise(text), tokenizer=tokenizer, prior=randomise(prior), text_proj=randomise(projection),
        decoder=randomise(decoder), super_res_first=randomise(enlarger()), super_res_last=randomise(enlarger()),
        prior_scheduler=UnCLIPScheduler(variance_type="fixed_small_log", prediction_type="sample", clip_sample_range=5.0),
        decoder_scheduler=UnCLIPScheduler(variance_type="learned_range", prediction_type="epsilon"),
        super_res_scheduler=UnCLIPScheduler(variance_type="fixed_small_log", prediction_type="epsilon",
                                            num_train_timesteps=sizes["timesteps"]))


def _tokenizer_folder(vocabulary, merges, length):
    import tempfile
    folder = pathlib.Path(tempfile.mkdtemp())
    (folder / "vocab.json").write_text(vocabulary.read_text())
    (folder / "merges.txt").write_text(merges.read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps(
        {"model_max_length": length, "tokenizer_class": "CLIPTokenizer", "pad_token": "<|endoftext|>"}))
    return folder


def watch(recorded, name, scheduler):
    """Every step of a scheduler, as it is made."""
    step = scheduler.step

    def stepped(*args, **kwargs):
        out = step(*args, **kwargs)
        recorded.setdefault(f"{name}.states", []).append(out.prev_sample)
        return out

    scheduler.step = stepped


def keep(recorded, name, module):
    """The first call of a part, what goes in and what comes out."""
    def hook(_, args, kwargs, out):
        if f"{name}.out" in recorded:
            return
        values = {f"in{i}": value for i, value in enumerate(args)} | kwargs
        for key, value in values.items():
            if isinstance(value, torch.Tensor) and value.dim() > 0:
                recorded[f"{name}.{key}"] = value
        outs = out if isinstance(out, tuple) else list(out.values())
        for i, value in enumerate(outs):
            recorded[f"{name}.out" + (f".{i}" if i else "")] = value

    module.register_forward_hook(hook, with_kwargs=True)


@torch.inference_mode()
def main():
    folder = pathlib.Path(sys.argv[1])
    pipe = pipeline(folder, SEED, SIZES)
    pipe.set_progress_bar_config(disable=True)
    for part in ("text_encoder", "prior", "text_proj", "decoder", "super_res_first", "super_res_last"):
        model = getattr(pipe, part)
        weights = {key: value.half().contiguous() for key, value in model.state_dict().items()}
        save_file(weights, folder / f"karlo-pipeline-{part}.safetensors")
        config = json.loads(model.config.to_json_string() if part == "text_encoder" else model.to_json_string())
        if part == "text_encoder":
            config["architectures"] = ["CLIPTextModelWithProjection"]
        (folder / f"karlo-pipeline-{part}.json").write_text(json.dumps(config, indent=1) + "\n")
    for part in ("prior", "decoder", "super_res"):
        scheduler = getattr(pipe, f"{part}_scheduler")
        (folder / f"karlo-pipeline-{part}_scheduler.json").write_text(scheduler.to_json_string() + "\n")
    recorded, drawn = {}, []
    for part in ("text_encoder", "prior", "text_proj", "decoder", "super_res_first", "super_res_last"):
        keep(recorded, part, getattr(pipe, part))
    for part in ("prior", "decoder", "super_res"):
        watch(recorded, part, getattr(pipe, f"{part}_scheduler"))

    def draw(shape, **_):
        drawn.append(torch.randn(shape))
        return drawn[-1]

    scheduling_unclip.randn_tensor = draw
    recorded["prior.start"] = torch.randn(1, SIZES["width"])
    recorded["decoder.start"] = torch.randn(1, 3, SIZES["small"], SIZES["small"])
    recorded["super_res.start"] = torch.randn(1, 3, SIZES["large"], SIZES["large"])
    finish = pipe.prior.post_process_latents

    def finished(x):
        recorded["embedding"] = finish(x)
        return recorded["embedding"]

    pipe.prior.post_process_latents = finished
    recorded["picture"] = torch.from_numpy(pipe(
        CAPTION, prior_num_inference_steps=STEPS["prior"], decoder_num_inference_steps=STEPS["decoder"],
        super_res_num_inference_steps=STEPS["super_res"], prior_guidance_scale=GUIDANCE["prior"],
        decoder_guidance_scale=GUIDANCE["decoder"], prior_latents=recorded["prior.start"],
        decoder_latents=recorded["decoder.start"], super_res_latents=recorded["super_res.start"],
        output_type="np").images[0]).permute(2, 0, 1)
    for part in ("prior", "decoder", "super_res"):
        recorded[f"{part}.noise"] = torch.cat([drawn.pop(0) for _ in range(STEPS[part] - 1)])
        recorded[f"{part}.states"] = torch.cat(recorded[f"{part}.states"])
    ids = pipe.tokenizer(["", CAPTION], padding="max_length", max_length=SIZES["tokens"], truncation=True)
    recorded["ids"] = torch.tensor(ids.input_ids)
    recorded["mask"] = torch.tensor(ids.attention_mask)
    save_file({key: value.float().clone().contiguous() for key, value in recorded.items()},
              folder / "karlo-pipeline-run.safetensors")


if __name__ == "__main__":
    main()
