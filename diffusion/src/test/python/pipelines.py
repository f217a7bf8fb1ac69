"""Whole pipelines of diffusers for the Python tier: drawn at random and saved, then run on the farm's own noise.

peer.py answers the Java tests with it. A case is a JSON object that Python makes when it draws a pipeline and gets
back when it is to run it: what the farm is told, the noise it needs, and how the pipeline is doctored.
"""

import contextlib
import functools
import json
import math
import pathlib
import random
import shutil
import sys

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "resources" / "parity"
WORDS = "a small big red green blue circle square frog on the left of two 3 stars, Lamps!".split()
GROUPS = 4
PIXELS = 255
# More rows than any sampler has for that many steps: pndm_prk makes nine more, heun twice as many.
MORE_ROWS = 10


class Drawn(random.Random):
    """Random choices that the seed, the family and the number of the case fix."""

    def coin(self):
        return self.random() < 0.5

    def weights(self, *models):
        """Weights that let every part be heard and let nothing explode."""
        import torch

        generator = torch.Generator().manual_seed(self.getrandbits(31))
        for model in models:
            for path, value in model.named_parameters():
                noise = torch.randn(value.shape, generator=generator)
                if value.dim() > 1 and not path.startswith(("clip_", "prd_", "positional")):
                    value.data.copy_(noise * 1.3 / math.sqrt(value[0].numel()))
                else:
                    value.data.copy_(0.3 * noise + (1 if path.endswith(("norm.weight", "weight", "clip_std")) else 0))

    def caption(self):
        return " ".join(self.choice(WORDS) for _ in range(self.randint(2, 7)))

    def save(self, pipeline, folder):
        """As save_pretrained writes it, of any of the types and in any number of shards."""
        import torch

        kind = self.choice(("float32", "float16", "bfloat16"))
        size = self.choice(("40KB", "10GB"))
        pipeline.to(getattr(torch, kind)).save_pretrained(folder, max_shard_size=size)
        return f"{kind} in shards of {size}"


def tame_variance(unet):
    """A learned variance within its range, as a trained network's is: beyond it, noise grows without bound."""
    half = unet.config.out_channels // 2
    unet.conv_out.weight.data[half:] *= 0.2
    unet.conv_out.bias.data[half:] *= 0.2


def words(about):
    return ", ".join(f"{key} {value}" for key, value in about.items())


# Drawing.


def clip_tokenizer(folder, tokens, pad):
    from transformers import CLIPTokenizer

    folder.mkdir()
    shutil.copy(FIXTURES / "clip-vocab.json", folder / "vocab.json")
    shutil.copy(FIXTURES / "clip-merges.txt", folder / "merges.txt")
    (folder / "tokenizer_config.json").write_text(json.dumps(
        {"model_max_length": tokens, "tokenizer_class": "CLIPTokenizer", "pad_token": pad}))
    return CLIPTokenizer.from_pretrained(folder)


def clip_config(draw, tokens, width, heads):
    from transformers import CLIPTextConfig

    vocabulary = json.loads((FIXTURES / "clip-vocab.json").read_text())
    return CLIPTextConfig(
        vocab_size=len(vocabulary), hidden_size=width, intermediate_size=width + draw.randint(1, 9),
        num_hidden_layers=draw.randint(1, 3), num_attention_heads=heads, max_position_embeddings=tokens,
        hidden_act=draw.choice(("quick_gelu", "gelu")), projection_dim=width,
        eos_token_id=vocabulary["<|endoftext|>"], bos_token_id=vocabulary["<|startoftext|>"])


SAMPLERS = ("DDIM", "PNDM", "EulerDiscrete", "DPMSolverMultistep", "LMSDiscrete", "DDPM", "EulerAncestralDiscrete",
            "HeunDiscrete", "UniPCMultistep")


def latent_scheduler(draw, kind):
    """Settings of a scheduler of Stable Diffusion; the pipeline itself sets steps_offset and clip_sample."""
    settings = dict(
        beta_schedule=draw.choice(("linear", "scaled_linear", "squaredcos_cap_v2")), beta_start=draw.uniform(5e-4, 2e-3),
        beta_end=draw.uniform(0.01, 0.02), num_train_timesteps=draw.choice((1000, 1000, 437)),
        prediction_type=draw.choice(("epsilon", "v_prediction")),
        timestep_spacing=draw.choice(("leading", "linspace", "trailing")))
    if kind not in ("PNDM", "LMSDiscrete", "EulerAncestralDiscrete") and draw.random() < 0.2:
        settings["prediction_type"] = "sample"
    if kind == "PNDM":
        settings.update(skip_prk_steps=draw.coin(), set_alpha_to_one=draw.coin())
    if kind == "DDIM":
        settings.update(set_alpha_to_one=draw.coin())
        settings["rescale_betas_zero_snr"] = draw.coin() and settings["prediction_type"] != "epsilon"
    if kind == "DDPM":
        settings["variance_type"] = draw.choice(("fixed_small", "fixed_large"))
    if kind == "DPMSolverMultistep":
        settings.update(solver_order=draw.randint(1, 2), solver_type=draw.choice(("midpoint", "heun")),
                        lower_order_final=draw.coin(), euler_at_final=draw.coin())
    return settings


def scheduler(kind, settings):
    import diffusers

    return getattr(diffusers, kind + "Scheduler")(**settings)


def latent_unet(draw, channels, side, width, version):
    from diffusers import UNet2DConditionModel

    sizes = [GROUPS * each for each in draw.choice(((2, 3), (3, 5), (2, 4, 5), (3, 2, 4)))]
    cross = [draw.coin() for _ in sizes]
    cross[draw.randrange(len(cross))] = True
    heads = draw.choice((1, 2, 4)) if version == 1 else [
        draw.choice([each for each in (1, 2, 3, 4, 5) if size % each == 0]) for size in sizes]
    return UNet2DConditionModel(
        sample_size=side, in_channels=channels, out_channels=channels, layers_per_block=draw.randint(1, 2),
        block_out_channels=sizes, norm_num_groups=draw.choice((2, GROUPS)), cross_attention_dim=width,
        attention_head_dim=heads, use_linear_projection=version == 2,
        down_block_types=["CrossAttnDownBlock2D" if each else "DownBlock2D" for each in cross],
        up_block_types=["CrossAttnUpBlock2D" if each else "UpBlock2D" for each in reversed(cross)])


def autoencoder(draw, channels, halvings):
    from diffusers import AutoencoderKL

    sizes = [GROUPS * draw.randint(2, 4) for _ in range(halvings + 1)]
    return AutoencoderKL(
        block_out_channels=sizes, norm_num_groups=draw.choice((2, GROUPS)), layers_per_block=draw.randint(1, 2),
        down_block_types=["DownEncoderBlock2D"] * len(sizes), up_block_types=["UpDecoderBlock2D"] * len(sizes),
        latent_channels=channels, scaling_factor=draw.choice((0.18215, draw.uniform(0.1, 1))))


def draw_stable_diffusion(draw, number, folder):
    """Stable Diffusion 1 or 2, from a caption or, in every third case, over a picture."""
    from diffusers import StableDiffusionPipeline
    from transformers import CLIPTextModel

    version, channels = draw.randint(1, 2), draw.randint(3, 5)
    halvings, side = draw.choice(((1, 8), (1, 12), (2, 6), (2, 10), (3, 5), (3, 7)))
    tokens, heads = draw.choice((9, 14, 77)), draw.randint(1, 3)
    width = heads * draw.randint(3, 6)
    kind = SAMPLERS[(draw.rotation + number) % len(SAMPLERS)]
    settings = latent_scheduler(draw, kind)
    pipeline = StableDiffusionPipeline(
        tokenizer=clip_tokenizer(folder / "clip", tokens, draw.choice(("<|endoftext|>", "!"))),
        text_encoder=CLIPTextModel(clip_config(draw, tokens, width, heads)),
        unet=latent_unet(draw, channels, side, width, version), vae=autoencoder(draw, channels, halvings),
        scheduler=scheduler(kind, settings),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False)
    draw.weights(pipeline.text_encoder, pipeline.unet, pipeline.vae)
    over = number % 3 == 2 and not (kind == "PNDM" and not settings["skip_prk_steps"])
    told = {"steps": draw.randint(4, 6), "guidance": draw.choice((1, round(draw.uniform(2, 8), 2)))}
    if kind == "DDIM":
        told["eta"] = draw.choice((0, 0.6))
    case = {"folders": [str(folder / "sd")], "caption": draw.caption(), "negative": draw.choice((None, draw.caption())),
            "set": {"latent": told}, "stages": ["vae"],
            "noise": {"latent": {"size": channels * side * side, "rows": 2 * told["steps"] + MORE_ROWS}}}
    saved = draw.save(pipeline, folder / "sd")
    if over:
        told["strength"] = draw.choice((0.3, 0.55, 0.8, 1))
        case["init_image"] = str(picture(draw, side << halvings, folder / "init.png"))
        case["noise"]["encode"] = {"size": channels * side * side, "rows": 1}
    case["doctored"] = draw.choice((
        {"part": "unet", "weight": "conv_in.weight"}, {"part": "unet", "weight": "time_embedding.linear_2.weight"},
        {"part": "vae", "weight": "decoder.conv_in.weight"},
        {"part": "scheduler", "key": "beta_end", "value": settings["beta_end"] * 3}))
    unet = pipeline.unet.config
    case["about"] = words({
        f"Stable Diffusion {version}": f"{side << halvings} px of {channels}x{side}x{side}", kind: settings,
        "blocks": [each.removesuffix("2D") for each in unet.down_block_types], "channels": unet.block_out_channels,
        "layers": unet.layers_per_block, "heads": unet.attention_head_dim, "tokens": f"{tokens}x{width}",
        "saved": saved})
    return case


def picture(draw, side, file):
    """Smooth stripes with some noise, as large as the pipeline's own pictures."""
    import numpy
    from PIL import Image

    noise = numpy.random.default_rng(draw.getrandbits(31))
    ramp = numpy.arange(side) / side
    waves = [numpy.sin(noise.uniform(2, 9) * ramp[:, None] + noise.uniform(2, 9) * ramp[None, :]) for _ in range(3)]
    values = 128 + 90 * numpy.stack(waves, -1) + noise.normal(0, 8, (side, side, 3))
    Image.fromarray(values.clip(0, PIXELS).astype("uint8")).save(file)
    return file


def t5(draw, folder):
    """A tokenizer and an encoder."""
    from transformers import T5Config, T5EncoderModel, T5Tokenizer

    folder.mkdir()
    shutil.copy(FIXTURES / "t5-tokenizer.json", folder / "tokenizer.json")
    (folder / "tokenizer_config.json").write_text(json.dumps(
        {"tokenizer_class": "T5Tokenizer", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>",
         "extra_ids": 0, "model_max_length": 77}))
    tokenizer = T5Tokenizer.from_pretrained(folder)
    heads = draw.randint(1, 3)
    encoder = T5EncoderModel(T5Config(
        vocab_size=len(tokenizer) + draw.randint(0, 9), d_model=2 * draw.randint(4, 7), d_kv=draw.randint(3, 5),
        d_ff=draw.randint(9, 20), num_layers=draw.randint(1, 3), num_heads=heads,
        feed_forward_proj=draw.choice(("gated-gelu", "relu")), is_encoder_decoder=False))
    draw.weights(encoder)
    return tokenizer, encoder


def deepfloyd_unet(draw, side, enlarges, hidden):
    from diffusers import UNet2DConditionModel

    sizes = draw.choice(((8, 16), (12, 20), (8, 12, 16)))
    attends = [False] + [True] * (len(sizes) - 1)
    norm = draw.choice((None, "group_norm"))
    width = 32 if norm == "group_norm" else 2 * GROUPS * draw.randint(2, 4)  # those groups are always 32
    return UNet2DConditionModel(
        sample_size=side, in_channels=6 if enlarges else 3, out_channels=6, block_out_channels=sizes,
        layers_per_block=draw.choice((1, 2)), norm_num_groups=GROUPS,
        down_block_types=["SimpleCrossAttnDownBlock2D" if each else "ResnetDownsampleBlock2D" for each in attends],
        up_block_types=["SimpleCrossAttnUpBlock2D" if each else "ResnetUpsampleBlock2D" for each in reversed(attends)],
        mid_block_type="UNetMidBlock2DSimpleCrossAttn", cross_attention_dim=width,
        encoder_hid_dim=hidden, encoder_hid_dim_type="text_proj", attention_head_dim=4, addition_embed_type="text",
        addition_embed_type_num_heads=2, cross_attention_norm=norm,
        resnet_time_scale_shift="scale_shift", time_embedding_act_fn=draw.choice((None, "gelu")),
        act_fn=draw.choice(("gelu", "silu")), class_embed_type="timestep" if enlarges else None,
        mid_block_scale_factor=draw.choice((1, math.sqrt(2))), resnet_skip_time_act=draw.coin(),
        resnet_out_scale_factor=draw.choice((1.0, 1.4142)))


def pixel_scheduler(draw):
    """A scheduler of DeepFloyd IF, with a learned variance. x0 is kept in range where it may be anything: a picture
    of black and white alone would tell little."""
    settings = dict(
        beta_schedule=draw.choice(("squaredcos_cap_v2", "linear")), variance_type="learned_range",
        num_train_timesteps=draw.choice((1000, 613)), prediction_type=draw.choice(("epsilon", "epsilon", "v_prediction")),
        timestep_spacing=draw.choice(("leading", "trailing", "linspace")))
    kind = draw.choice(("DDPM", "DDPM", "DPMSolverMultistep"))
    if kind == "DPMSolverMultistep":
        settings["prediction_type"] = "epsilon"  # else it does not expect the channels of the variance
    if kind == "DDPM" and draw.coin():
        settings["clip_sample"] = True
    elif settings["prediction_type"] == "epsilon" or draw.coin():
        settings.update(thresholding=True, dynamic_thresholding_ratio=draw.choice((0.95, 0.9)),
                        sample_max_value=draw.choice((1.0, 1.5)))
    elif kind == "DDPM":
        settings["clip_sample"] = False
    return kind, settings


def draw_deepfloyd(draw, number, folder):
    """The first two stages of DeepFloyd IF."""
    from diffusers import DDPMScheduler, IFPipeline, IFSuperResolutionPipeline

    tokenizer, encoder = t5(draw, folder / "t5")
    small, large = draw.choice((8, 12, 16)), draw.choice((20, 28, 36))
    stage = f"sr{large}"
    bare = dict(safety_checker=None, feature_extractor=None, watermarker=None, requires_safety_checker=False)
    kinds = [pixel_scheduler(draw), pixel_scheduler(draw)]
    first = IFPipeline(tokenizer=tokenizer, text_encoder=encoder, scheduler=scheduler(*kinds[0]),
                       unet=deepfloyd_unet(draw, small, False, encoder.config.d_model), **bare)
    noising = dict(beta_schedule=draw.choice(("squaredcos_cap_v2", "linear")))
    # the second stage hears the first one's T5, whether or not it was saved with its own
    mute = draw.coin()
    second = IFSuperResolutionPipeline(
        tokenizer=None if mute else tokenizer, text_encoder=None if mute else encoder, scheduler=scheduler(*kinds[1]),
        image_noising_scheduler=DDPMScheduler(**noising),
        unet=deepfloyd_unet(draw, large, True, encoder.config.d_model), **bare)
    draw.weights(first.unet, second.unet)
    tame_variance(first.unet)
    tame_variance(second.unet)
    level = draw.choice((0, 250, draw.randint(1, 999)))
    told = {"base": {"steps": draw.randint(4, 7), "guidance": draw.choice((1, round(draw.uniform(2, 9), 2)))},
            stage: {"steps": draw.randint(4, 6), "guidance": draw.choice((1, round(draw.uniform(2, 6), 2))),
                    "aug": (level + 0.5) / 1000}}
    case = {"folders": [str(folder / "if1"), str(folder / "if2")], "caption": draw.caption(),
            "negative": draw.choice((None, draw.caption())), "set": told, "stages": ["base", stage], "level": level,
            "noise": {"base": {"size": 3 * small * small, "rows": told["base"]["steps"] + MORE_ROWS},
                      stage: {"size": 3 * large * large, "rows": told[stage]["steps"] + MORE_ROWS}},
            "doctored": draw.choice((
                {"part": "unet", "weight": "conv_in.weight"},
                {"part": "unet", "weight": "add_embedding.proj.weight"},
                {"part": "scheduler", "key": "beta_schedule", "value": "scaled_linear"}))}
    saved = [draw.save(first, folder / "if1"), draw.save(second, folder / "if2")]
    case["about"] = words({
        "DeepFloyd IF": f"{small} px to {large} px from level {level}", kinds[0][0]: kinds[0][1],
        "then " + kinds[1][0]: kinds[1][1], "noised": noising,
        "channels": [each.unet.config.block_out_channels for each in (first, second)],
        "norms": [each.unet.config.cross_attention_norm for each in (first, second)],
        "T5": f"{encoder.config.num_layers}x{encoder.config.d_model} {encoder.config.feed_forward_proj}",
        "saved": saved, "second without T5": mute})
    return case


def unclip_scheduler(draw, predictions, variance, most=1.3):
    prediction = draw.choice(predictions)
    return dict(variance_type=variance, prediction_type=prediction,
                clip_sample=prediction == "epsilon" or draw.coin(),  # or x0 may be anything
                clip_sample_range=draw.choice((1.0, draw.uniform(0.7, most))),
                num_train_timesteps=draw.choice((1000, 777)))


def draw_karlo(draw, number, folder):
    """An unCLIP of Karlo's kind."""
    from diffusers import PriorTransformer, UNet2DConditionModel, UNet2DModel, UnCLIPPipeline
    from diffusers.pipelines.deprecated.unclip.text_proj import UnCLIPTextProjModel
    from transformers import CLIPTextModelWithProjection

    tokens, heads = draw.choice((9, 13, 77)), draw.randint(1, 3)
    width, cross = heads * draw.randint(3, 5), 2 * draw.randint(4, 7)
    small, large = draw.choice((6, 10, 12)), draw.choice((14, 22, 28))
    sizes = draw.choice(((8, 12), (12, 16)))
    common = dict(layers_per_block=draw.choice((1, 2)), norm_num_groups=GROUPS, resnet_time_scale_shift="scale_shift",
                  block_out_channels=sizes)

    def enlarger():
        return UNet2DModel(
            sample_size=large, in_channels=6, out_channels=3, add_attention=False,
            down_block_types=("ResnetDownsampleBlock2D",) * 2, up_block_types=("ResnetUpsampleBlock2D",) * 2, **common)

    schedulers = {"prior": unclip_scheduler(draw, ("sample", "epsilon"), "fixed_small_log", 5),
                  "decoder": unclip_scheduler(draw, ("epsilon", "sample"), "learned_range"),
                  "super_res": unclip_scheduler(draw, ("epsilon", "sample"), "fixed_small_log")}
    pipeline = UnCLIPPipeline(
        tokenizer=clip_tokenizer(folder / "clip", tokens, draw.choice(("<|endoftext|>", "!"))),
        text_encoder=CLIPTextModelWithProjection(clip_config(draw, tokens, width, heads)),
        prior=PriorTransformer(num_attention_heads=draw.randint(1, 3), attention_head_dim=2 * draw.randint(2, 3),
                               num_layers=draw.randint(1, 3), embedding_dim=width, num_embeddings=tokens),
        text_proj=UnCLIPTextProjModel(clip_extra_context_tokens=draw.randint(1, 4), clip_embeddings_dim=width,
                                      time_embed_dim=4 * sizes[0], cross_attention_dim=cross),
        decoder=UNet2DConditionModel(
            sample_size=small, in_channels=3, out_channels=6, attention_head_dim=draw.choice((2, 4)),
            cross_attention_dim=cross, class_embed_type="identity", mid_block_type="UNetMidBlock2DSimpleCrossAttn",
            down_block_types=("ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"),
            up_block_types=("SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"), **common),
        super_res_first=enlarger(), super_res_last=enlarger(),
        **{f"{part}_scheduler": scheduler("UnCLIP", settings) for part, settings in schedulers.items()})
    draw.weights(pipeline.text_encoder, pipeline.prior, pipeline.text_proj, pipeline.decoder, pipeline.super_res_first,
                 pipeline.super_res_last)
    tame_variance(pipeline.decoder)
    stage = f"sr{large}"
    told = {"prior": {"steps": draw.randint(2, 5), "guidance": draw.choice((1, round(draw.uniform(2, 6), 2)))},
            "decoder": {"steps": draw.randint(2, 5), "guidance": draw.choice((1, round(draw.uniform(2, 8), 2)))},
            stage: {"steps": draw.randint(2, 6)}}
    sides = {"prior": width, "decoder": 3 * small * small, stage: 3 * large * large}
    case = {"folders": [str(folder / "karlo")], "caption": draw.caption(), "negative": None, "set": told,
            "stages": ["decoder", "last"],
            "noise": {name: {"size": size, "rows": told[name]["steps"]} for name, size in sides.items()},
            "doctored": draw.choice((
                {"part": "prior", "weight": "proj_in.weight"}, {"part": "decoder", "weight": "conv_in.weight"},
                {"part": "text_proj", "weight": "clip_extra_context_tokens_proj.weight"},
                {"part": "super_res_first", "weight": "conv_in.weight"},
                {"part": "decoder_scheduler", "key": "num_train_timesteps", "value": 300}))}
    saved = draw.save(pipeline, folder / "karlo")
    case["about"] = words({"Karlo": f"{small} px to {large} px", **schedulers, "channels": sizes,
                           "tokens": f"{tokens}x{width}", "saved": saved})
    return case


FAMILIES = {"stable_diffusion": draw_stable_diffusion, "deepfloyd": draw_deepfloyd, "karlo": draw_karlo}


def draw_pipeline(request):
    """Draws a pipeline, saves it in a folder that is there and empty, and says how the farm is to draw with it."""
    seed, family, number = request["seed"], request["family"], request["number"]
    draw = Drawn(f"{seed} {family} {number}")
    draw.rotation = random.Random(f"{seed} {family}").randrange(1000)
    return FAMILIES[family](draw, number, pathlib.Path(request["folder"]))


# Running.


class Noise:
    """The farm's noise of one stage. Rows are counted by the scheduler's steps, as the farm counts them."""

    def __init__(self, tensors, stage):
        self.tensors, self.stage, self.row = tensors, stage, 0

    def of(self, purpose):
        return lambda shape, **_: self.tensors[f"{self.stage}.{purpose}"].reshape(shape).clone()

    def step(self, shape, **_):
        return self.tensors[f"{self.stage}.step"][self.row].reshape(shape).clone()

    def follow(self, scheduler):
        """Draws what the scheduler draws; counts its steps."""
        step = scheduler.step

        @functools.wraps(step)  # pipelines ask which arguments it takes
        def counted(*args, **kwargs):
            result = step(*args, **kwargs)
            self.row += 1
            return result

        scheduler.step = counted
        module = sys.modules[type(scheduler).__module__]
        return instead(module, self.step) if hasattr(module, "randn_tensor") else contextlib.nullcontext()


@contextlib.contextmanager
def instead(module, draw):
    """For a while, a module of diffusers draws its noise elsewhere."""
    before = module.randn_tensor
    module.randn_tensor = draw
    try:
        yield
    finally:
        module.randn_tensor = before


def doctor(pipeline, change):
    """Takes a weight away, or changes a setting of a scheduler."""
    if "weight" in change:
        dict(getattr(pipeline, change["part"]).named_parameters())[change["weight"]].data.zero_()
    else:
        before = getattr(pipeline, change["part"])
        setattr(pipeline, change["part"], type(before).from_config(before.config, **{change["key"]: change["value"]}))


def opened(pipeline_class, folder, change, **parts):
    import torch

    pipeline = pipeline_class.from_pretrained(folder, torch_dtype=torch.float32, **parts)
    pipeline.set_progress_bar_config(disable=True)
    if change:
        doctor(pipeline, change)
    return pipeline


def run_stable_diffusion(case, tensors, change, handed):
    import diffusers.models.autoencoders.vae as vae_module
    import diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion as text_module
    import diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion_img2img as image_module
    from PIL import Image

    pipeline = opened(text_module.StableDiffusionPipeline, case["folders"][0], change)
    told, noise, module, more = case["set"]["latent"], Noise(tensors, "latent"), text_module, {}
    if "init_image" in case:
        pipeline, module = image_module.StableDiffusionImg2ImgPipeline(
            **pipeline.components, requires_safety_checker=False), image_module
        pipeline.set_progress_bar_config(disable=True)
        more = dict(image=Image.open(case["init_image"]), strength=told["strength"])
    with instead(module, noise.of("start")), instead(vae_module, Noise(tensors, "encode").of("latents")), \
            noise.follow(pipeline.scheduler):
        result = pipeline(case["caption"], negative_prompt=case["negative"], num_inference_steps=told["steps"],
                          guidance_scale=told["guidance"], eta=told.get("eta", 0.0), **more)
    return {"vae": result.images[0]}


def run_deepfloyd(case, tensors, change, handed):
    import diffusers.pipelines.deepfloyd_if.pipeline_if as first
    import diffusers.pipelines.deepfloyd_if.pipeline_if_superresolution as second
    from PIL import Image

    stage = case["stages"][1]

    def run(pipeline, module, name, **more):
        noise, told = Noise(tensors, name), case["set"][name]
        purposes = iter(("start", "aug"))  # in the order in which the pipeline draws
        with instead(module, lambda shape, **_: noise.of(next(purposes))(shape)), noise.follow(pipeline.scheduler):
            return pipeline(prompt_embeds=heard[0], negative_prompt_embeds=heard[1],
                            num_inference_steps=told["steps"], guidance_scale=told["guidance"], **more).images[0]

    def enlarged(small):
        pipeline = opened(second.IFSuperResolutionPipeline, case["folders"][1], change, text_encoder=None,
                          tokenizer=None)
        return run(pipeline, second, stage, image=small, noise_level=case["level"])

    base = opened(first.IFPipeline, case["folders"][0], change)
    heard = base.encode_prompt(case["caption"], negative_prompt=case["negative"], clean_caption=False)
    small = run(base, first, "base")
    given = Image.open(handed["base"]).convert("RGB")
    return {"base": small, stage: enlarged(given), stage + " alone": enlarged(small)}


def run_karlo(case, tensors, change, handed):
    import numpy
    import torch
    import diffusers
    from diffusers.pipelines.deprecated.unclip.text_proj import UnCLIPTextProjModel
    from PIL import Image

    # diffusers does not find this class where its own save_pretrained says that it is
    diffusers.UnCLIPTextProjModel = UnCLIPTextProjModel
    stage = next(name for name in case["set"] if name.startswith("sr"))
    parts = {"prior": "prior", "decoder": "decoder", "super_res": stage}
    small = {}

    def run(given):
        pipeline = opened(diffusers.UnCLIPPipeline, case["folders"][0], change)
        step = pipeline.decoder_scheduler.step

        @functools.wraps(step)
        def handing(*args, prev_timestep=None, **kwargs):
            result = step(*args, prev_timestep=prev_timestep, **kwargs)
            if prev_timestep is None:
                small["decoder"] = result.prev_sample
                if given is not None:
                    result.prev_sample = given
            return result

        pipeline.decoder_scheduler.step = handing
        arguments = {}
        with contextlib.ExitStack() as stack:
            noises = {}
            for part, name in parts.items():
                noises[part] = Noise(tensors, name)
                arguments[f"{part}_num_inference_steps"] = case["set"][name]["steps"]
                scheduler = getattr(pipeline, f"{part}_scheduler")
                # one module draws for all three: the scheduler that steps says whose noise it is
                stack.enter_context(noises[part].follow(scheduler))
                steps(scheduler, noises[part])
            for part in ("prior", "decoder"):
                arguments[f"{part}_guidance_scale"] = case["set"][part]["guidance"]
            arguments["prior_latents"] = tensors["prior.start"].reshape(1, -1)
            for part, name in (("decoder", "decoder"), ("super_res", stage)):
                model = pipeline.decoder if part == "decoder" else pipeline.super_res_first
                side = model.config.sample_size
                arguments[f"{part}_latents"] = tensors[f"{name}.start"].reshape(1, 3, side, side)
            return pipeline(case["caption"], **arguments).images[0]

    def steps(scheduler, noise):
        step = scheduler.step
        module = sys.modules[type(scheduler).__module__]

        @functools.wraps(step)
        def own(*args, **kwargs):
            with instead(module, noise.step):
                return step(*args, **kwargs)

        scheduler.step = own

    picture = numpy.asarray(Image.open(handed["decoder"]).convert("RGB")).astype("float32")
    given = torch.from_numpy(picture / PIXELS * 2 - 1).permute(2, 0, 1)[None]
    last, alone = run(given), run(None)
    pixels = (small["decoder"][0].permute(1, 2, 0) / 2 + 0.5).clamp(0, 1).mul(PIXELS).round()
    return {"decoder": Image.fromarray(pixels.numpy().astype("uint8")), "last": last, "last alone": alone}


RUNS = {"stable_diffusion": run_stable_diffusion, "deepfloyd": run_deepfloyd, "karlo": run_karlo}


def run_pipeline(request):
    """Runs a case on the farm's noise; the pictures of its stages. Where the farm hands a stage a picture, so is
    Python's stage, and another run, called alone, goes on from Python's own."""
    import torch
    from safetensors.torch import load_file

    case = request["case"]
    change = case["doctored"] if request["doctored"] else None
    out = pathlib.Path(request["out"])
    with torch.inference_mode():
        pictures = RUNS[request["family"]](case, load_file(request["noise"]), change, request["handed"])
    for name, image in pictures.items():
        image.save(out / f"{name}.png")
    return {"pictures": list(pictures)}
