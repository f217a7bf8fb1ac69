"""Records the fixtures of Karlo's prior and text projection, with tiny random weights.

Usage: python record_karlo_fixtures.py FOLDER
"""

import json
import pathlib
import sys

import torch
from diffusers import PriorTransformer
from diffusers.pipelines.deprecated.unclip.text_proj import UnCLIPTextProjModel
from safetensors.torch import save_file

SEED = 20260116
PRIORS = {
    "karlo-prior-plain": dict(num_attention_heads=2, attention_head_dim=4, num_layers=2, embedding_dim=6,
                              num_embeddings=7),
    "karlo-prior-odd": dict(num_attention_heads=3, attention_head_dim=5, num_layers=3, embedding_dim=7,
                            num_embeddings=5, additional_embeddings=3, added_emb_type=None, norm_in_type="layer",
                            embedding_proj_norm_type="layer", time_embed_dim=11, time_embed_act_fn="gelu",
                            embedding_proj_dim=9, clip_embed_dim=8),
}
PROJECTIONS = {
    "karlo-projection-plain": dict(clip_embeddings_dim=6, time_embed_dim=8, cross_attention_dim=10),
    "karlo-projection-odd": dict(clip_embeddings_dim=7, time_embed_dim=5, cross_attention_dim=9,
                                 clip_extra_context_tokens=3),
}
TIMES = torch.tensor([0.0, 417.0, 999.0])


def random(model):
    for each in model.parameters():
        each.data = (torch.randn_like(each) * (0.5 if each.dim() > 1 else 0.2) + (1 if each.dim() == 1 else 0)).half()
    weights = {name: each.clone().contiguous() for name, each in model.state_dict().items()}
    model.float().eval()
    return weights


def write(folder, name, model, weights, io):
    save_file(weights, folder / f"{name}.safetensors")
    save_file({key: value.float().contiguous() for key, value in io.items()}, folder / f"{name}-io.safetensors")
    (folder / f"{name}.json").write_text(json.dumps(json.loads(model.to_json_string()), indent=1) + "\n")


@torch.inference_mode()
def main():
    folder = pathlib.Path(sys.argv[1])
    torch.manual_seed(SEED)
    for name, config in PRIORS.items():
        model = PriorTransformer(**config)
        weights = random(model)
        batch, tokens, width = len(TIMES), config["num_embeddings"], config["embedding_dim"]
        mask = torch.ones(batch, tokens)
        mask[1, tokens // 2:] = 0
        mask[2, 1:] = 0
        io = dict(x=torch.randn(batch, width), time=TIMES, tokens=torch.randn(batch, tokens, width), mask=mask,
                  embedding=torch.randn(batch, config.get("embedding_proj_dim", width)))
        out = model(io["x"], TIMES, io["embedding"], io["tokens"], mask.bool()).predicted_image_embedding
        io["out"] = out.reshape(batch, -1)
        io["finished"] = model.post_process_latents(io["out"])
        write(folder, name, model, weights, io)
    for name, config in PROJECTIONS.items():
        model = UnCLIPTextProjModel(**config)
        weights = random(model)
        width = config["clip_embeddings_dim"]
        io = dict(picture=torch.randn(2, width), caption=torch.randn(4, width), tokens=torch.randn(4, 5, width))
        tokens, beside = model(image_embeddings=io["picture"], prompt_embeds=io["caption"],
                               text_encoder_hidden_states=io["tokens"], do_classifier_free_guidance=True)
        io |= dict(out=tokens, beside=beside)
        write(folder, name, model, weights, io)


if __name__ == "__main__":
    main()
