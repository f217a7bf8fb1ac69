"""Records the fixtures of diffusers' networks: autoencoders and U-Nets with tiny random weights.

Usage: python record_diffusers_fixtures.py FOLDER
"""

import json
import math
import pathlib
import sys

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel, UNet2DModel
from safetensors.torch import save_file

SEED = 20260107
AUTOENCODERS = {
    "vae-plain": dict(
        block_out_channels=(8, 12),
        down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2,
        layers_per_block=1,
        norm_num_groups=4,
        latent_channels=4,
        sample_size=32,
    ),
    "vae-odd": dict(
        in_channels=1,
        out_channels=2,
        block_out_channels=(6, 9, 12),
        down_block_types=("DownEncoderBlock2D",) * 3,
        up_block_types=("UpDecoderBlock2D",) * 3,
        layers_per_block=2,
        norm_num_groups=3,
        latent_channels=3,
        sample_size=[24, 40],
        scaling_factor=0.5,
        use_quant_conv=False,
        use_post_quant_conv=False,
        mid_block_add_attention=False,
        force_upcast=False,
    ),
}
# heights and widths of the pictures; the middle one's batch is larger
PICTURES = {"vae-plain": ((16, 16), (8, 12), (10, 22)), "vae-odd": ((12, 20), (8, 8), (16, 4))}

CROSS_DOWN, CROSS_UP = "CrossAttnDownBlock2D", "CrossAttnUpBlock2D"
SIMPLE_DOWN, SIMPLE_UP = "SimpleCrossAttnDownBlock2D", "SimpleCrossAttnUpBlock2D"
RESNET_DOWN, RESNET_UP = "ResnetDownsampleBlock2D", "ResnetUpsampleBlock2D"
IF = dict(
    mid_block_type="UNetMidBlock2DSimpleCrossAttn",
    out_channels=6,
    resnet_time_scale_shift="scale_shift",
    addition_embed_type="text",
    act_fn="gelu",
    time_embedding_act_fn="gelu",
)
CONDITIONAL = {
    # Stable Diffusion 1: convolutions around the transformers, the number of heads is the same everywhere
    "sd1-plain": dict(
        block_out_channels=(8, 12),
        down_block_types=(CROSS_DOWN, "DownBlock2D"),
        up_block_types=("UpBlock2D", CROSS_UP),
        layers_per_block=1,
        cross_attention_dim=10,
        attention_head_dim=2,
        norm_num_groups=4,
        sample_size=16,
    ),
    # three levels, heads that do not divide the channels, sizes that halve to odd ones
    "sd1-odd": dict(
        block_out_channels=(6, 9, 9),
        down_block_types=(CROSS_DOWN, "DownBlock2D", CROSS_DOWN),
        up_block_types=(CROSS_UP, CROSS_UP, "UpBlock2D"),
        layers_per_block=(1, 2, 1),
        cross_attention_dim=7,
        attention_head_dim=(2, 4, 3),
        norm_num_groups=3,
        norm_eps=1e-3,
        transformer_layers_per_block=(2, 1, 1),
        only_cross_attention=(True, False, False),
        in_channels=9,
        out_channels=5,
        center_input_sample=True,
        flip_sin_to_cos=False,
        freq_shift=1,
        downsample_padding=0,
        mid_block_scale_factor=1.4,
        conv_in_kernel=5,
        conv_out_kernel=1,
        act_fn="gelu",
        time_embedding_dim=20,
        timestep_post_act="silu",
        time_embedding_act_fn="gelu",
        num_class_embeds=4,
        sample_size=[14, 10],
    ),
    # Stable Diffusion 2: linear layers around the transformers, heads of one width
    "sd2-plain": dict(
        block_out_channels=(8, 16),
        down_block_types=(CROSS_DOWN, "DownBlock2D"),
        up_block_types=("UpBlock2D", CROSS_UP),
        layers_per_block=1,
        cross_attention_dim=12,
        attention_head_dim=(2, 4),
        norm_num_groups=4,
        use_linear_projection=True,
        upcast_attention=True,
        sample_size=24,
    ),
    "sd2-odd": dict(
        block_out_channels=(10, 8),
        down_block_types=("DownBlock2D", CROSS_DOWN),
        up_block_types=(CROSS_UP, "UpBlock2D"),
        layers_per_block=2,
        cross_attention_dim=5,
        attention_head_dim=(5, 3),
        norm_num_groups=2,
        use_linear_projection=True,
        transformer_layers_per_block=2,
        resnet_time_scale_shift="scale_shift",
        class_embed_type="projection",
        projection_class_embeddings_input_dim=6,
        class_embeddings_concat=True,
        in_channels=7,
        sample_size=18,
    ),
    # DeepFloyd IF, first stage
    "if1-plain": dict(
        IF,
        block_out_channels=(8, 12),
        down_block_types=(RESNET_DOWN, SIMPLE_DOWN),
        up_block_types=(SIMPLE_UP, RESNET_UP),
        layers_per_block=1,
        cross_attention_dim=32,
        cross_attention_norm="group_norm",
        attention_head_dim=4,
        encoder_hid_dim=12,
        addition_embed_type_num_heads=4,
        norm_num_groups=4,
        in_channels=3,
        sample_size=16,
    ),
    "if1-odd": dict(
        IF,
        block_out_channels=(6, 12, 9),
        down_block_types=(SIMPLE_DOWN, RESNET_DOWN, SIMPLE_DOWN),
        up_block_types=(SIMPLE_UP, SIMPLE_UP, RESNET_UP),
        layers_per_block=(2, 1, 1),
        cross_attention_dim=14,
        attention_head_dim=(3, 4, 3),
        encoder_hid_dim=9,
        encoder_hid_dim_type="text_proj",
        addition_embed_type_num_heads=3,
        norm_num_groups=3,
        only_cross_attention=(False, True, True),
        mid_block_only_cross_attention=False,
        resnet_skip_time_act=True,
        resnet_out_scale_factor=1.3,
        mid_block_scale_factor=0.8,
        time_embedding_act_fn="swish",
        act_fn="silu",
        in_channels=3,
        sample_size=20,
    ),
    # DeepFloyd IF, second stage: the noise level of the picture to enlarge is a label
    "if2-plain": dict(
        IF,
        block_out_channels=(8, 12),
        down_block_types=(RESNET_DOWN, SIMPLE_DOWN),
        up_block_types=(SIMPLE_UP, RESNET_UP),
        layers_per_block=(1, 2),
        cross_attention_dim=32,
        cross_attention_norm="group_norm",
        attention_head_dim=(4, 6),
        encoder_hid_dim=10,
        addition_embed_type_num_heads=2,
        norm_num_groups=2,
        only_cross_attention=True,
        mid_block_only_cross_attention=True,
        resnet_skip_time_act=True,
        resnet_out_scale_factor=1.414,
        class_embed_type="timestep",
        in_channels=6,
        sample_size=24,
    ),
    "if2-odd": dict(
        IF,
        block_out_channels=(8, 8),
        down_block_types=(SIMPLE_DOWN, SIMPLE_DOWN),
        up_block_types=(SIMPLE_UP, SIMPLE_UP),
        layers_per_block=1,
        cross_attention_dim=8,
        cross_attention_norm="layer_norm",
        attention_head_dim=2,
        addition_embed_type_num_heads=4,
        norm_num_groups=1,
        class_embed_type="timestep",
        resnet_time_scale_shift="default",
        flip_sin_to_cos=False,
        freq_shift=1,
        in_channels=6,
        sample_size=12,
    ),
    # Karlo's decoder: labels are embeddings, some tokens are not seen
    "karlo-decoder-plain": dict(
        block_out_channels=(8, 12),
        down_block_types=(RESNET_DOWN, SIMPLE_DOWN),
        mid_block_type="UNetMidBlock2DSimpleCrossAttn",
        up_block_types=(SIMPLE_UP, RESNET_UP),
        layers_per_block=1,
        cross_attention_dim=11,
        attention_head_dim=4,
        norm_num_groups=4,
        class_embed_type="identity",
        resnet_time_scale_shift="scale_shift",
        in_channels=3,
        out_channels=6,
        sample_size=16,
    ),
    "karlo-decoder-odd": dict(
        block_out_channels=(6, 8, 10),
        down_block_types=(RESNET_DOWN, SIMPLE_DOWN, CROSS_DOWN),
        mid_block_type="UNetMidBlock2DSimpleCrossAttn",
        up_block_types=(SIMPLE_UP, CROSS_UP, RESNET_UP),
        layers_per_block=1,
        cross_attention_dim=9,
        attention_head_dim=2,
        norm_num_groups=2,
        class_embed_type="simple_projection",
        projection_class_embeddings_input_dim=5,
        resnet_time_scale_shift="scale_shift",
        time_embedding_dim=14,
        in_channels=3,
        out_channels=6,
        sample_size=28,
    ),
}
UNCONDITIONAL = {
    # Karlo's super-resolution
    "karlo-sr-plain": dict(
        block_out_channels=(8, 12),
        down_block_types=(RESNET_DOWN,) * 2,
        up_block_types=(RESNET_UP,) * 2,
        layers_per_block=1,
        norm_num_groups=4,
        resnet_time_scale_shift="scale_shift",
        add_attention=False,
        in_channels=6,
        out_channels=3,
        sample_size=16,
    ),
    "karlo-sr-odd": dict(
        block_out_channels=(6, 9, 12),
        down_block_types=(RESNET_DOWN, "AttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "AttnUpBlock2D", RESNET_UP),
        layers_per_block=1,
        norm_num_groups=3,
        resnet_time_scale_shift="scale_shift",
        attention_head_dim=3,
        downsample_type="resnet",
        act_fn="gelu",
        mid_block_scale_factor=1.2,
        center_input_sample=True,
        in_channels=2,
        out_channels=1,
        sample_size=[12, 20],
    ),
}
# batch, height, width, tokens of the cases
CASES = ((2, 8, 8, 5), (1, 12, 4, 9), (2, 4, 8, 1))
ODD_CASES = ((2, 7, 10, 4), (1, 9, 5, 3), (1, 8, 12, 6))


def randomise(model):
    """Weights that let every part be heard, as fp16, which is what is stored."""
    with torch.no_grad():
        for path, value in model.named_parameters():
            if value.dim() > 1:
                fan_in = value[0].numel()
                value.copy_(torch.randn(value.shape) * 1.3 / math.sqrt(fan_in))
            elif path.endswith("weight"):
                value.copy_(1 + 0.3 * torch.randn(value.shape))
            else:
                value.copy_(0.3 * torch.randn(value.shape))
            value.copy_(value.half().float())
    return model.eval()


def save_model(folder, name, model):
    model.save_config(folder)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").unlink()
    config.pop("_name_or_path", None)
    (folder / f"{name}.json").write_text(json.dumps(config, indent=1) + "\n")
    state = {path: value.half().contiguous() for path, value in model.state_dict().items()}
    save_file(state, folder / f"{name}.safetensors")


def record_autoencoder(folder, name, arguments):
    torch.manual_seed(SEED)
    model = randomise(AutoencoderKL(**arguments))
    save_model(folder, name, model)
    io = {}
    reduction = 2 ** (len(arguments["block_out_channels"]) - 1)
    for case, (height, width) in enumerate(PICTURES[name]):
        x = torch.rand(1 + case % 2, model.config.in_channels, height, width) * 2 - 1
        z = torch.randn(1 + case % 2, model.config.latent_channels, height // reduction, width // reduction)
        with torch.no_grad():
            io[f"{case}.moments"] = model.encode(x).latent_dist.parameters.contiguous()
            io[f"{case}.decoded"] = model.decode(z).sample.contiguous()
        io[f"{case}.x"] = x
        io[f"{case}.z"] = z
    save_file(io, folder / f"{name}-io.safetensors")


def inputs_of(model, name, case):
    config = model.config
    batch, height, width, tokens = (ODD_CASES if name == "sd1-odd" else CASES)[case]
    inputs = {
        "x": torch.randn(batch, config.in_channels, height, width),
        # the highest that there is, low ones, and some between two
        "time": torch.tensor([[999.0, 3.0], [480.25], [0.0, 731.0]][case][:batch]),
    }
    if name in CONDITIONAL:
        token_width = config.encoder_hid_dim or config.cross_attention_dim
        inputs["tokens"] = torch.randn(batch, tokens, token_width)
    if name.startswith("karlo-decoder"):
        inputs["mask"] = (torch.arange(tokens)[None] < torch.tensor([[max(tokens - 2, 1)], [1]])[:batch]).float()
    if config.num_class_embeds:
        inputs["labels"] = torch.tensor([3.0, 0.0])[:batch]
    elif config.class_embed_type == "timestep":
        inputs["labels"] = torch.tensor([250.0, 731.0])[:batch]
    elif config.class_embed_type:
        label_width = config.get("projection_class_embeddings_input_dim") or model.time_embedding.linear_2.out_features
        inputs["labels"] = torch.randn(batch, label_width)
    return inputs


def predict(model, inputs):
    arguments = {}
    if "tokens" in inputs:
        arguments["encoder_hidden_states"] = inputs["tokens"]
    if "mask" in inputs:
        # the pipeline gives it by the first name, which only some attentions heed
        name = "attention_mask" if model.config.class_embed_type == "identity" else "encoder_attention_mask"
        arguments[name] = inputs["mask"].bool()
    if "labels" in inputs:
        labels = inputs["labels"]
        arguments["class_labels"] = labels.long() if model.config.num_class_embeds else labels
    with torch.no_grad():
        return model(inputs["x"], inputs["time"], **arguments).sample.contiguous()


def record_unet(folder, name, model):
    randomise(model)
    save_model(folder, name, model)
    io = {}
    for case in range(len(CASES)):
        inputs = inputs_of(model, name, case)
        for key, value in inputs.items():
            io[f"{case}.{key}"] = value.contiguous()
        io[f"{case}.out"] = predict(model, inputs)
        print(name, case, f"{io[f'{case}.out'].abs().max():.3g}")
    save_file(io, folder / f"{name}-io.safetensors")


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    for name, arguments in AUTOENCODERS.items():
        record_autoencoder(folder, name, arguments)
    for name, arguments in CONDITIONAL.items():
        torch.manual_seed(SEED)
        record_unet(folder, name, UNet2DConditionModel(**arguments))
    for name, arguments in UNCONDITIONAL.items():
        torch.manual_seed(SEED)
        record_unet(folder, name, UNet2DModel(**arguments))


main()
