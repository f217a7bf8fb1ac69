"""Records the CLIP fixtures: numbers computed by transformers, tokenizers and Pillow.

Usage: python record_clip_fixtures.py FOLDER
"""

import collections
import json
import pathlib
import shutil
import sys
import tempfile

import numpy
import torch
from safetensors.torch import save_file
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPTokenizer,
    CLIPVisionConfig,
    CLIPVisionModelWithProjection,
)
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

SEED = 20260105
LENGTH = 77
START, END = "<|startoftext|>", "<|endoftext|>"
MERGES = 240

COLOURS = "red green blue yellow black white orange purple pink grey".split()
SHAPES = "circle square triangle star ring cross heart diamond".split()
CORPUS = [
    f"{size} {colour} {shape} {place} a {other} background, {texture}."
    for size in ("a small", "a large", "two")
    for colour, other in zip(COLOURS, reversed(COLOURS))
    for shape in SHAPES
    for place, texture in (("on", "with stripes"), ("left of", "in watercolour"), ("above", "4k, 8k; sharp!"))
] + [
    "it's what they've said: we're here, i'm not, he'd go and she'll stay, don't!",
    "ein kleiner bär fährt über die brücke, café au lait, déjà vu",
    "красный круг на синем фоне",
    "红色的圆 和 蓝色的方块",
    "赤い円と青い四角",
    "🔴🔴 🎉 👍",
    "hello!!! wow!! (really?) ... 1 2 3 4 5 6 7 8 9 0",
] * 12

CAPTIONS = [
    "",
    " ",
    "\t\n  \r\n",
    "a",
    "a red circle",
    "A Red CIRCLE",
    "  a   red    circle  ",
    "a\tred\ncircle",
    "a red circle.",
    "a red circle , on a blue background !",
    "a red-circle/blue_square & (a star) [x] {y} <z>",
    "it's 'quoted' \"twice\" `thrice`",
    "they've we're i'm he'd she'll don't 'tis o'clock",
    "IT'S THEY'VE WE'RE I'M HE'D SHE'LL DON'T",
    "it’s curly, don’t",
    "3.14 1,000,000 1e-5 50% $20 #1 @home",
    "2024 a1b2c3 4k8K 007",
    "½ ² ③ Ⅷ ٣ ४",
    "café déjà vu naïve",
    "cafe\u0301 de\u0301ja\u0300 vu",
    "ÀÉÎÕÜ ÇÑ",
    "Straße ÆØÅ İstanbul ſ ß ẞ",
    "ΟΔΟΣ ΣΑΣ Σ",
    "ﬁne ﬂowers ﬀ ﬃ ™ …",
    "ＦＵＬＬ ｗｉｄｔｈ　ｔｅｘｔ",
    "красный круг на синем ФОНЕ",
    "κόκκινος κύκλος",
    "دائرة حمراء",
    "עיגול אדום",
    "लाल वृत्त",
    "ไทยวงกลม",
    "赤い円と青い四角",
    "ｱｲｳ ガギグ か\u3099",
    "빨간 원",
    "\u1107\u116e\u11af\u1100\u1173\u11ab",
    "红色的圆",
    "红色的圆，蓝色的方块。",
    "𠜎 𠜱 rare han",
    "🔴",
    "a 🔴 circle 🎉🎉",
    "👩‍👩‍👧‍👦 family",
    "🏳️‍🌈 flag 🇩🇪🇫🇷",
    "👍🏽 thumb 👍",
    "a\u200bred\u200dcircle\u2060",
    "soft\u00adhyphen no\u00a0break \u2009thin \u3000wide",
    "\ufeffbom",
    "bell\u0007 unit\u0001 esc\u001b del\u007f nel\u0085",
    "line\u2028separator\u2029paragraph",
    "\ufffd replacement",
    "a\u0000red\u0000 circle",
    "\u001c\u001d\u001e\u001f four separators",
    "𝒶 𝔯𝔢𝔡 𝕔𝕚𝕣𝕔𝕝𝕖",
    "z̷̧͎a̶̛͇l̴̠̈g̵̛̥o̶͙͑",
    "!",
    "!!!",
    "hello! wow !",
    "a!b!!c",
    "?!?!",
    "<|startoftext|>",
    "a red <|endoftext|> circle",
    "a<|endoftext|>b<|startoftext|>c",
    "<|STARTOFTEXT|> a <|EndOfText|>",
    "<| endoftext |> <|endoftext",
    "circle</w> </w>",
    "Ġa Ċ âĢĻ",
    "x" * 300,
    "supercalifragilisticexpialidocious " * 3,
    "a red circle " * 60,
    "🔴" * 300,
    " ".join(str(i) for i in range(200)),
    "!" * 400,
    "a red circle, " * 18 + "star",
    "\"\\/\b\f",
]


def byte_symbols():
    """The 256 printable characters of byte-level BPE, in CLIP's order: ! is the first."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in printable]
    return [chr(byte) for byte in printable] + [chr(256 + i) for i in range(len(others))]


def train_merges(tokenizer):
    """Byte-pair merges as the library trains them, but of equally frequent pairs always the same."""
    words = collections.Counter()
    for line in CORPUS:
        for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(tokenizer.normalizer.normalize_str(line)):
            words[(*word[:-1], word[-1] + "</w>")] += 1
    merges = []
    while len(merges) < MERGES:
        pairs = collections.Counter()
        for word, count in words.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += count
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        words = collections.Counter({merged(word, best): count for word, count in words.items()})
    return merges


def merged(word, pair):
    parts = []
    for part in word:
        if parts and (parts[-1], part) == pair:
            parts[-1] += part
        else:
            parts.append(part)
    return tuple(parts)


def train_bpe(folder):
    """Merges trained as CLIP's were, numbered as CLIP's are."""
    merges = train_merges(CLIPTokenizer().backend_tokenizer)
    symbols = [each + suffix for suffix in ("", "</w>") for each in byte_symbols()]
    symbols += dict.fromkeys(left + right for left, right in merges)
    vocabulary = {symbol: i for i, symbol in enumerate([*symbols, START, END])}
    (folder / "clip-vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False, separators=(",", ":")) + "\n")
    lines = ["#version: 0.2", *(" ".join(pair) for pair in merges)]
    (folder / "clip-merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return vocabulary


def legacy(content):
    return {"__type": "AddedToken", "content": content, "lstrip": False, "normalized": True, "rstrip": False,
            "single_word": False}


def mapped(content):
    return {key: value for key, value in legacy(content).items() if key != "__type"}


def styles(vocabulary):
    """The small files beside the vocabulary, as the families of checkpoints have them."""
    old = {"add_prefix_space": False, "bos_token": legacy(START), "do_lower_case": True, "eos_token": legacy(END),
           "errors": "replace", "model_max_length": LENGTH, "name_or_path": "openai/clip-vit-large-patch14",
           "pad_token": END, "tokenizer_class": "CLIPTokenizer", "unk_token": legacy(END)}
    special = {"bos_token": mapped(START), "eos_token": mapped(END), "pad_token": END, "unk_token": mapped(END)}
    added = {
        str(vocabulary[START]): {**mapped(START), "special": True},
        str(vocabulary[END]): {**mapped(END), "normalized": False, "special": True},
    }
    newer = {"added_tokens_decoder": added, "bos_token": START, "clean_up_tokenization_spaces": True, "eos_token": END,
             "do_lower_case": True, "errors": "replace", "model_max_length": LENGTH, "pad_token": END,
             "tokenizer_class": "CLIPTokenizer", "unk_token": END}
    newer_sd2 = {**newer, "pad_token": "!", "added_tokens_decoder": {
        "0": {**mapped("!"), "normalized": False, "special": True}, **added}}
    return {
        "sd1": {"tokenizer_config.json": old, "special_tokens_map.json": special},
        # what the map says wins over the configuration
        "sd2": {"tokenizer_config.json": old, "special_tokens_map.json": {**special, "pad_token": "!"}},
        "newer": {"tokenizer_config.json": newer, "special_tokens_map.json": special},
        "newer-sd2": {"tokenizer_config.json": newer_sd2},
        "short": {"tokenizer_config.json": {**old, "model_max_length": 9}},
        "bare": {},
    }


def record_tokens(folder, vocabulary):
    recorded = []
    with tempfile.TemporaryDirectory() as scratch:
        for name, files in styles(vocabulary).items():
            place = pathlib.Path(scratch) / name
            place.mkdir()
            shutil.copy(folder / "clip-vocab.json", place / "vocab.json")
            shutil.copy(folder / "clip-merges.txt", place / "merges.txt")
            for file, content in files.items():
                (place / file).write_text(json.dumps(content))
            tokenizer = CLIPTokenizer.from_pretrained(place)
            recorded.append(style(name, files, tokenizer))
            if name in ("sd2", "newer"):
                saved = pathlib.Path(scratch) / (name + "-saved")
                tokenizer.save_pretrained(saved)
                assert not (saved / "vocab.json").exists()
                files = {each.name: json.loads(each.read_text()) for each in saved.iterdir()}
                recorded.append(style(saved.name, files, CLIPTokenizer.from_pretrained(saved)))
    lines = ",\n".join(json.dumps(each, separators=(",", ":")) for each in recorded)
    (folder / "clip-tokens.json").write_text('{"captions":%s,\n"styles":[\n%s\n]}\n' % (json.dumps(CAPTIONS), lines))


def style(name, files, tokenizer):
    length = min(tokenizer.model_max_length, LENGTH)
    rows = []
    for text in CAPTIONS:
        encoded = tokenizer(text, padding="max_length", truncation=True, max_length=length)
        ids, count = encoded["input_ids"], sum(encoded["attention_mask"])
        assert len(ids) == length and all(each == tokenizer.pad_token_id for each in ids[count:]), text
        rows.append(ids[:count])
    return {"name": name, "files": files, "pad": tokenizer.pad_token_id, "length": length, "ids": rows}


def weights(model):
    """Random numbers that fp16 holds exactly, so that the outputs are of what is stored."""
    with torch.no_grad():
        for path, parameter in model.named_parameters():
            spread = 0.15 if parameter.dim() < 2 else 1.2 / parameter[0].numel() ** 0.5
            if "embedding" in path and "patch" not in path:
                spread = 0.6
            parameter.copy_(torch.randn(parameter.shape) * spread)
            if "norm" in path and path.endswith("weight"):
                parameter.add_(1)
            parameter.copy_(parameter.half().float())
    return model.eval()


TEXT = {
    "text-quick": (CLIPTextModel, dict(eos_token_id=2, hidden_act="quick_gelu", num_attention_heads=3)),
    "text-gelu": (CLIPTextModel, dict(hidden_act="gelu", layer_norm_eps=1e-3, num_attention_heads=4)),
    "projected-quick": (CLIPTextModelWithProjection, dict(hidden_act="quick_gelu", projection_dim=13, num_attention_heads=2)),
    "projected-gelu": (
        CLIPTextModelWithProjection,
        dict(eos_token_id=2, hidden_act="gelu", projection_dim=31, num_attention_heads=1, num_hidden_layers=1),
    ),
}
# transformers 4 wrote these
OLD_NAMES = ("text-gelu",)


def record_text(folder, name, vocabulary):
    torch.manual_seed(SEED)
    model_class, arguments = TEXT[name]
    base = dict(vocab_size=len(vocabulary), hidden_size=24, intermediate_size=37, num_hidden_layers=2,
                max_position_embeddings=LENGTH, bos_token_id=vocabulary[START], eos_token_id=vocabulary[END],
                pad_token_id=0)
    model = weights(model_class(CLIPTextConfig(**{**base, **arguments})))
    save(folder, name, model)
    state = {path: value.half() for path, value in model.state_dict().items()}
    if name in OLD_NAMES:
        state = {"text_model." + path: value for path, value in state.items()}
        state["text_model.embeddings.position_ids"] = torch.arange(LENGTH)[None]
    save_file({path: value.contiguous() for path, value in state.items()}, folder / f"clip-{name}.safetensors")

    io = {}
    for case, (batch, length) in {"whole": (3, LENGTH), "short": (2, 9)}.items():
        ids = torch.randint(0, vocabulary[START], (batch, length))
        ids[:, 0] = vocabulary[START]
        for row in range(batch):
            ends = length - 1 - row * (length // 4)
            ids[row, ends] = vocabulary[END]
            # padded with the end token, with 0, with random tokens
            ids[row, ends + 1:] = [vocabulary[END], 0, 5][row]
        with torch.no_grad():
            out = model(input_ids=ids)
        io[case + ".ids"] = ids
        io[case + ".embeds"] = out.last_hidden_state.contiguous()
        pooled = out.text_embeds if model_class is CLIPTextModelWithProjection else out.pooler_output
        io[case + ".pooled"] = pooled.contiguous()
    save_file(io, folder / f"clip-{name}-io.safetensors")


VISION = {
    "vision-quick": dict(hidden_act="quick_gelu", image_size=30, patch_size=8, num_attention_heads=3, projection_dim=11),
    "vision-gelu": dict(hidden_act="gelu", image_size=24, patch_size=6, num_attention_heads=2, projection_dim=40,
                        num_channels=1, layer_norm_eps=1e-3, num_hidden_layers=1),
}


def record_vision(folder, name):
    torch.manual_seed(SEED)
    base = dict(hidden_size=24, intermediate_size=37, num_hidden_layers=2)
    config = CLIPVisionConfig(**{**base, **VISION[name]})
    model = weights(CLIPVisionModelWithProjection(config))
    save(folder, name, model)
    state = {path: value.half().contiguous() for path, value in model.state_dict().items()}
    save_file(state, folder / f"clip-{name}.safetensors")
    pixels = torch.randn(3, config.num_channels, config.image_size, config.image_size)
    with torch.no_grad():
        io = {"pixels": pixels, "pooled": model(pixel_values=pixels).image_embeds.contiguous()}
    if name == "vision-quick":
        processor = CLIPImageProcessorPil(**PROCESSORS["stage"])
        picture = pictures()["40x57"]
        with torch.no_grad():
            embeds = model(pixel_values=processor(picture, return_tensors="pt")["pixel_values"]).image_embeds
        io["stage.picture"] = torch.from_numpy(picture.transpose(2, 0, 1).copy()).half()
        io["stage.pooled"] = embeds.contiguous()
    save_file(io, folder / f"clip-{name}-io.safetensors")


def save(folder, name, model):
    with tempfile.TemporaryDirectory() as scratch:
        model.config.architectures = [type(model).__name__]
        model.config.save_pretrained(scratch)
        shutil.copy(pathlib.Path(scratch) / "config.json", folder / f"clip-{name}.json")


PROCESSORS = {
    "stage": dict(size={"shortest_edge": 30}, crop_size={"height": 30, "width": 30}),
    "odd": dict(size={"shortest_edge": 29}, crop_size={"height": 24, "width": 24}, image_mean=[0.5, 0.4, 0.3],
                image_std=[0.2, 0.3, 0.4]),
}


def pictures():
    """Noise, whose every pixel counts, and edges, which overshoot."""
    random = numpy.random.default_rng(SEED)
    shapes = {"40x57": (40, 57), "61x20": (61, 20), "30x30": (30, 30), "13x11": (13, 11), "29x64": (29, 64),
              "7x90": (7, 90)}
    drawn = {name: random.integers(0, 256, (*shape, 3), dtype=numpy.uint8) for name, shape in shapes.items()}
    edges = numpy.zeros((50, 44, 3), dtype=numpy.uint8)
    edges[10:40, 7:30] = (255, 255, 0)
    return {**drawn, "edges": edges}


def record_preprocessing(folder):
    io, configs = {}, {}
    for name, arguments in PROCESSORS.items():
        processor = CLIPImageProcessorPil(**arguments)
        with tempfile.TemporaryDirectory() as scratch:
            processor.save_pretrained(scratch)
            configs[name] = json.loads((pathlib.Path(scratch) / "preprocessor_config.json").read_text())
        for picture, pixels in pictures().items():
            io[f"{picture}.in"] = torch.from_numpy(pixels.transpose(2, 0, 1).copy()).half()
            io[f"{picture}.{name}"] = processor(pixels, return_tensors="pt")["pixel_values"][0].contiguous()
    save_file(io, folder / "clip-pictures.safetensors")
    (folder / "clip-preprocessors.json").write_text(json.dumps(configs, indent=1) + "\n")


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    vocabulary = train_bpe(folder)
    record_tokens(folder, vocabulary)
    for name in TEXT:
        record_text(folder, name, vocabulary)
    for name in VISION:
        record_vision(folder, name)
    record_preprocessing(folder)


main()
