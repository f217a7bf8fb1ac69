"""The other side of the Python tier: PyTorch, MinImagen, transformers and diffusers, asked by the Java tests.

Prints one line of JSON when it has started: its versions, and what it cannot import. Then it answers
each line of JSON with one line, an object or {"error": ...}. Tensors travel as safetensors files.
"""

import contextlib
import functools
import importlib
import importlib.metadata
import json
import os
import pathlib
import platform
import sys
import types

import pipelines

# What is imported, and the package it comes from.
MODULES = {
    "numpy": "numpy",
    "torch": "torch",
    "safetensors.torch": "safetensors",
    "einops": "einops",
    "einops_exts": "einops-exts",
    "resize_right": "resize-right",
    "scipy": "scipy",
    "minimagen.Unet": "minimagen",
}
# Imported before the others, of which one is kept from its transformers.
FIRST = {"transformers": "transformers", "diffusers.models": "diffusers"}
NETWORKS = {}
# libtorch rewrites a program after it has watched its first calls; the last of these runs the result.
CALLS = 3
# What MinImagen's U-Net hard-codes.
TEXT_LENGTH = 256
HEAD_WIDTH = 64
PER_LAYER = ("dim_mults", "num_resnet_blocks", "layer_attns", "layer_cross_attns")
PLAIN = ("dim", "channels", "cond_dim", "text_embed_dim", "attn_heads", "lowres_cond", "memory_efficient",
         "attend_at_middle")


def greeting():
    versions, missing = {"python": platform.python_version()}, {}

    def look(modules):
        for module, package in modules.items():
            try:
                importlib.import_module(module)
                versions[package] = importlib.metadata.version(package)
            except Exception as error:  # a broken package can raise anything
                missing[package] = f"{type(error).__name__}: {error}"

    look(FIRST)
    if not missing:
        from diffusers import AutoencoderKL, UNet2DConditionModel, UNet2DModel

        NETWORKS.update({each.__name__: each for each in (AutoencoderKL, UNet2DConditionModel, UNet2DModel)})
    # MinImagen imports its T5 encoder, which is not asked for, on the way to the U-Net; whichever
    # transformers is there need not have it.
    real = sys.modules.get("transformers")
    sys.modules["transformers"] = types.SimpleNamespace(T5Tokenizer=None, T5EncoderModel=None)
    look(MODULES)
    if real is not None:
        sys.modules["transformers"] = real
    return {"versions": versions, "missing": missing}


def run_archive(request):
    """Calls a method of a TorchScript archive."""
    import torch
    from safetensors.torch import load_file, save_file

    tensors = load_file(request["inputs"])
    inputs = [tensors[name].long() if name in request["int64"] else tensors[name] for name in request["order"]]
    model = torch.jit.load(request["archive"])
    with torch.inference_mode():
        for _ in range(CALLS):
            outputs = getattr(model, request["method"])(*inputs)
    if isinstance(outputs, torch.Tensor):
        outputs = (outputs,)
    save_file({str(i): each.clone().contiguous() for i, each in enumerate(outputs)}, request["outputs"])


def run_minimagen(request):
    """Runs MinImagen's U-Net with the weights it is given."""
    import torch
    from safetensors.torch import load_file, save_file

    config, io = request["config"], load_file(request["inputs"])
    with constants(config) as unet_module:
        unet = minimagen_unet(unet_module, config)
        unet.load_state_dict(load_file(request["weights"]), strict=True)
        unet_module.prob_mask_like = lambda shape, prob, device: io["keep"].bool()
        lowres = {}
        if config["lowres_cond"]:
            lowres = dict(lowres_cond_img=io["lowres"], lowres_noise_times=io["lowres_time"])
        with torch.inference_mode():
            out = unet.eval()(io["x"], io["time"], text_embeds=io["embeds"], text_mask=io["mask"].bool(), **lowres)
    save_file({"0": out.clone().contiguous()}, request["outputs"])


def load_directory(request):
    """Loads a training directory as MinImagen does, after MinImagen has written it if there is a seed."""
    import minimagen_stand_ins  # noqa: F401  before MinImagen
    import record_weights
    import torch
    from minimagen.generate import load_minimagen
    from safetensors.torch import save_file

    if "seed" in request:
        torch.manual_seed(request["seed"])
        record_weights.record_training_directory(pathlib.Path(request["folder"]).parent)
    for index, unet in enumerate(load_minimagen(request["folder"]).unets):
        weights = {name: each.float().contiguous().clone() for name, each in unet.state_dict().items()}
        save_file(weights, pathlib.Path(request["outputs"]) / f"unet-{index}.safetensors")


def minimagen_unet(unet_module, config):
    """MinImagen's U-Net, within constants(config), with what our configuration knows beyond its arguments."""
    import torch

    arguments = {name: config[name] for name in PLAIN}
    unet = unet_module.Unet(**arguments, **{name: tuple(config[name]) for name in PER_LAYER})
    length, patch = config["max_text_len"], config.get("patch_size", 1)
    if length != TEXT_LENGTH:
        unet.max_text_len = length
        unet.null_text_embed = torch.nn.Parameter(torch.zeros(1, length, config["cond_dim"]))
    if patch != 1:
        channels, area = config["channels"], patch**2
        given = channels * (2 if config["lowres_cond"] else 1)
        unet.init_conv = patched(torch.nn.Conv2d(given * area, config["dim"], 3, padding=1), patch)
        unet.final_conv = unpatched(torch.nn.Conv2d(config["dim"], channels * area, 3, padding=1), patch)
    return unet


def patched(convolution, patch):
    """The convolution, over squares of pixels as channels."""
    import torch

    convolution.register_forward_pre_hook(lambda _, given: torch.pixel_unshuffle(given[0], patch))
    return convolution


def unpatched(convolution, patch):
    """The convolution, whose channels become squares of pixels."""
    import torch

    convolution.register_forward_hook(lambda _, given, out: torch.pixel_shuffle(out, patch))
    return convolution


def run_diffusers(request):
    """Runs a network of diffusers with the weights it is given."""
    import torch
    from safetensors.torch import load_file, save_file

    config, io = request["config"], load_file(request["inputs"])
    model = NETWORKS[config["_class_name"]].from_config(config).eval()
    model.load_state_dict(load_file(request["weights"]), strict=True)
    with torch.inference_mode():
        if "z" in io:
            outputs = model.encode(io["x"]).latent_dist.parameters, model.decode(io["z"]).sample
        else:
            names = {"tokens": "encoder_hidden_states", "mask": "encoder_attention_mask", "labels": "class_labels"}
            arguments = {names[name]: value for name, value in io.items() if name in names}
            if config.get("num_class_embeds"):
                arguments["class_labels"] = arguments["class_labels"].long()
            outputs = (model(io["x"], io["time"], **arguments).sample,)
    save_file({str(i): each.clone().contiguous() for i, each in enumerate(outputs)}, request["outputs"])


@contextlib.contextmanager
def constants(config):
    """MinImagen's module, for a while with heads as wide as the configuration says."""
    import minimagen.layers as layers
    import minimagen.Unet as unet_module

    names = ("Attention", "TransformerBlock", "prob_mask_like")
    before = {name: getattr(unet_module, name) for name in names}
    defaults = layers.CrossAttention.__init__.__kwdefaults__
    width = config["attn_dim_head"]
    try:
        if width != HEAD_WIDTH:
            unet_module.Attention = functools.partial(with_width, layers.Attention, width)
            unet_module.TransformerBlock = functools.partial(with_width, layers.TransformerBlock, width)
            defaults["dim_head"] = width
        yield unet_module
    finally:
        defaults["dim_head"] = HEAD_WIDTH
        for name, value in before.items():
            setattr(unet_module, name, value)


def with_width(layer, width, *args, dim_head, **rest):
    return layer(*args, dim_head=width, **rest)


def run_transformers(request):
    """Runs a CLIP of transformers with the weights it is given."""
    import torch
    import transformers
    from safetensors.torch import load_file, save_file

    config, tensors = request["config"], load_file(request["inputs"])
    model_class = getattr(transformers, config["architectures"][0])
    model = model_class(model_class.config_class(**config)).eval()
    weights = load_file(request["weights"])
    if model_class is transformers.CLIPTextModel:  # its paths start within the text model
        weights = {path.removeprefix("text_model."): value for path, value in weights.items()}
    model.load_state_dict(weights, strict=True)
    inputs = {name: tensor.long() if name in request["int64"] else tensor for name, tensor in tensors.items()}
    with torch.inference_mode():
        out = model(**inputs)
    if "pixel_values" in inputs:
        results = [out.image_embeds]
    else:
        results = [out.last_hidden_state, out.pooler_output if "pooler_output" in out else out.text_embeds]
    save_file({str(i): each.clone().contiguous() for i, each in enumerate(results)}, request["outputs"])


REQUESTS = {
    "draw_pipeline": pipelines.draw_pipeline,
    "run_pipeline": pipelines.run_pipeline,
    "archive": run_archive,
    "minimagen": run_minimagen,
    "minimagen_directory": load_directory,
    "transformers": run_transformers,
    "diffusers": run_diffusers,
}


def answer(line):
    try:
        request = json.loads(line)
        return REQUESTS[request["run"]](request) or {}
    except Exception as error:  # the tests expect some
        return {"error": f"{type(error).__name__}: {error}"}


def main():
    # Whatever a library prints must not look like an answer.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    first = greeting()
    print(json.dumps(first), file=answers, flush=True)
    if first["missing"]:
        return
    importlib.import_module("torch").set_num_threads(1)
    for line in sys.stdin:
        print(json.dumps(answer(line)), file=answers, flush=True)


if __name__ == "__main__":
    main()
