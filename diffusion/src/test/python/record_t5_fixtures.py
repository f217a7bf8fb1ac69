"""Records the T5 fixtures: numbers computed by transformers, tokenizers and MinImagen.

Usage: python record_t5_fixtures.py FOLDER
"""

import json
import pathlib
import sys
import tempfile

import minimagen.t5 as minimagen_t5
import sentencepiece
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer
from tokenizers.decoders import Metaspace as MetaspaceDecoder
from tokenizers.models import WordLevel
from tokenizers.normalizers import Lowercase
from tokenizers.pre_tokenizers import Metaspace, Sequence, WhitespaceSplit
from tokenizers.processors import TemplateProcessing
from transformers import T5Config, T5EncoderModel, T5Tokenizer, T5TokenizerFast
from transformers.models.t5.modeling_t5 import T5Attention

LENGTHS = (7, 33, 77, 200)
LIMITS = (256, 12, 2)
BUCKETS = ((32, 128), (8, 20), (16, 64), (32, 500), (12, 30))
LONGEST_DISTANCE = 299

COLOURS = "red green blue yellow black white orange purple pink grey".split()
SHAPES = "circle square triangle star ring cross heart diamond".split()
CORPUS = [
    f"{size} {colour} {shape} {place} a {other} background, {texture}."
    for size in ("a small", "a large", "two")
    for colour, other in zip(COLOURS, reversed(COLOURS))
    for shape in SHAPES
    for place, texture in (("on", "with stripes"), ("left of", "in watercolour"), ("above", "4k, 8K; sharp!"))
] + [
    # words of two or three syllables, so that there are many ways to cut each of them
    " ".join(a + b + c for c in ("", "ter", "ing", "s") for b in ("o", "en", "ula")) + "."
    for a in "ba be bi car cor dal den fir gra hul jin kel lam mor nab pol qui ran sor tam ur vel wex yan zin".split()
] + ["Ein kleiner Bär fährt über die Brücke", "café au lait, déjà vu", "0 1 2 3 4 5 6 7 8 9 'quoted' (words)"] * 10

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
    "3.14 1,000,000 1e-5 50% $20 #1 @home",
    "café déjà vu naïve",
    "cafe\u0301 de\u0301ja\u0300 vu",
    "Straße ÆØÅ İstanbul ſ ß",
    "ﬁne ﬂowers ﬀ ﬃ ½ ² ™ … ①",
    "ＦＵＬＬ ｗｉｄｔｈ　ｔｅｘｔ",
    "красный круг на синем фоне",
    "κόκκινος κύκλος",
    "دائرة حمراء",
    "עיגול אדום",
    "लाल वृत्त",
    "赤い円と青い四角",
    "ｱｲｳ ガギグ か\u3099",
    "빨간 원",
    "붉은",
    "红色的圆",
    "🔴",
    "a 🔴 circle 🎉🎉",
    "👩‍👩‍👧‍👦 family",
    "🏳️‍🌈 flag 🇩🇪🇫🇷",
    "👍🏽 thumb",
    "a\u200bred\u200dcircle\u2060",
    "soft\u00adhyphen no\u00a0break \u2009thin \u3000wide",
    "\ufeffbom",
    "bell\u0007 nul-ish\u0001 esc\u001b del\u007f nel\u0085",
    "line\u2028separator\u2029paragraph",
    "\ufffd replacement",
    "a\u0000red\u0000 circle",
    "𝒶 𝔯𝔢𝔡 𝕔𝕚𝕣𝕔𝕝𝕖",
    "𠜎 𠜱 rare han",
    "z̷̧͎a̶̛͇l̴̠̈g̵̛̥o̶͙͑",
    "▁a▁red▁circle",
    "a red circle</s>",
    "</s>",
    "<pad> a <unk> circle",
    "a <extra_id_0> circle <extra_id_1>",
    "a<extra_id_2>circle <extra_id_9>",
    "x" * 300,
    "supercalifragilisticexpialidocious " * 3,
    "a red circle " * 120,
    "🔴" * 300,
    " ".join(str(i) for i in range(200)),
    "!" * 40,
    "\"\\/\b\f",
]

ENCODED = ["a red circle", "", "two blue stars left of a green heart, with stripes.", "café 🔴 x", "a red circle " * 40]

CONFIGS = {
    "v1-0": dict(d_model=24, d_kv=5, d_ff=37, num_layers=3, num_heads=3, feed_forward_proj="relu"),
    "v1-1": dict(
        d_model=20,
        d_kv=7,
        d_ff=33,
        num_layers=2,
        num_heads=4,
        feed_forward_proj="gated-gelu",
        relative_attention_num_buckets=8,
        relative_attention_max_distance=20,
        layer_norm_epsilon=1e-5,
        tie_word_embeddings=False,
    ),
}


def train_tokenizers(folder):
    """A tiny SentencePiece model as T5's, read by the slow and the fast class of transformers."""
    with tempfile.TemporaryDirectory() as scratch:
        corpus = pathlib.Path(scratch) / "corpus.txt"
        corpus.write_text("\n".join(CORPUS), encoding="utf-8")
        sentencepiece.SentencePieceTrainer.train(
            input=str(corpus),
            model_prefix=scratch + "/spiece",
            model_type="unigram",
            vocab_size=300,
            hard_vocab_limit=False,
            pad_id=0,
            eos_id=1,
            unk_id=2,
            bos_id=-1,
            num_threads=1,
            minloglevel=2,
        )
        slow = T5Tokenizer(scratch + "/spiece.model", extra_ids=3, legacy=True)
        fast = T5TokenizerFast(scratch + "/spiece.model", extra_ids=3, legacy=True)
        # the layout of the tokenizer.json that the hub keeps for t5-small to t5-11b
        fast.backend_tokenizer.normalizer = fast.backend_tokenizer.normalizer[0]
        fast.backend_tokenizer.pre_tokenizer = Sequence([WhitespaceSplit(), Metaspace()])
        fast.backend_tokenizer.decoder = MetaspaceDecoder()
        fast.save_pretrained(scratch + "/fast")
        (folder / "t5-tokenizer.json").write_bytes((pathlib.Path(scratch) / "fast/tokenizer.json").read_bytes())
    return slow, fast


def word_tokenizer(folder):
    words = ["a", "red", "blue", "circle", "star", "on", "background", "café", "🔴"]
    vocabulary = {word: i for i, word in enumerate(["<pad>", "<unk>", "</s>"] + words)}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.normalizer = Lowercase()
    tokenizer.pre_tokenizer = WhitespaceSplit()
    tokenizer.post_processor = TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 2)])
    tokenizer.add_special_tokens(["<pad>", "<unk>", "</s>"])
    tokenizer.save(str(folder / "word-tokenizer.json"))
    return tokenizer


def record_tokens(folder, slow, fast, words):
    rows = []
    for text in CAPTIONS:
        row = {"text": text, "t5": {}, "words": {}}
        for limit in LIMITS:
            arguments = dict(max_length=limit, truncation=True)
            row["t5"][str(limit)] = fast(text, **arguments)["input_ids"]
            words.enable_truncation(limit)
            row["words"][str(limit)] = words.encode(text).ids
            if row["t5"][str(limit)] != slow(text, **arguments)["input_ids"]:
                print("another with T5Tokenizer:", limit, repr(text[:40]))
        rows.append(row)
    lines = ",\n".join(json.dumps(row, ensure_ascii=True, separators=(",", ":")) for row in rows)
    (folder / "t5-captions.json").write_text("[\n" + lines + "\n]\n")


def build(name, vocabulary):
    torch.manual_seed(20260101)
    config = T5Config(vocab_size=vocabulary, **CONFIGS[name])
    model = T5EncoderModel(config).eval()
    with torch.no_grad():
        for path, parameter in model.named_parameters():
            parameter.copy_(torch.randn(parameter.shape) * 0.15)
            if "layer_norm" in path:
                parameter.add_(1)
            if "relative_attention_bias" in path:
                parameter.mul_(3)
            # what is stored as fp16 is what the outputs are computed with
            parameter.copy_(parameter.half().float())
    return model


def record_model(folder, name, tokenizer):
    # a size that is no multiple of anything, as if more sentinels were reserved
    model = build(name, len(tokenizer) + 14)
    model.config.save_pretrained(folder)
    (folder / "config.json").rename(folder / f"t5-{name}.json")
    state = {path: value for path, value in model.state_dict().items() if path != "encoder.embed_tokens.weight"}
    save_file({path: value.half().contiguous() for path, value in state.items()}, folder / f"t5-{name}.safetensors")

    io = {}
    ids = torch.randint(0, model.config.vocab_size, (len(LENGTHS), max(LENGTHS)))
    mask = torch.zeros(ids.shape)
    for row, length in enumerate(LENGTHS):
        mask[row, :length] = 1
    cases = {"batch": (ids, mask)}
    for length in LENGTHS[:-1]:
        cases[str(length)] = (ids[:1, :length], torch.ones(1, length))
    # holes, and captions that do not start with a word
    cases["holes"] = (ids[:2, :40], (torch.rand(2, 40) > 0.4).float())
    for case, (case_ids, case_mask) in cases.items():
        with torch.no_grad():
            out = model(input_ids=case_ids, attention_mask=case_mask.long()).last_hidden_state
        io[case + ".ids"] = case_ids.clone(memory_format=torch.contiguous_format)
        io[case + ".mask"] = case_mask.clone()
        io[case + ".out"] = out.masked_fill(case_mask[..., None] == 0, 0.0).contiguous()

    # what the rest of MinImagen sees
    minimagen_t5.T5_VERSIONS["tiny"] = {"tokenizer": tokenizer, "model": model}
    for limit in (256, 12):
        embeds, mask = minimagen_t5.t5_encode_text(ENCODED, name="tiny", max_length=limit)
        io[f"minimagen{limit}.mask"] = mask.float()
        io[f"minimagen{limit}.out"] = embeds.contiguous()
    save_file(io, folder / f"t5-{name}-io.safetensors")


def record_buckets(folder):
    distances = torch.arange(-LONGEST_DISTANCE, LONGEST_DISTANCE + 1)
    save_file(
        {
            f"{buckets}-{furthest}": T5Attention._relative_position_bucket(
                distances, bidirectional=True, num_buckets=buckets, max_distance=furthest
            )
            for buckets, furthest in BUCKETS
        },
        folder / "t5-buckets.safetensors",
    )


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    slow, fast = train_tokenizers(folder)
    record_tokens(folder, slow, fast, word_tokenizer(folder))
    (folder / "t5-encoded.json").write_text(json.dumps(ENCODED, indent=0) + "\n")
    for name in CONFIGS:
        record_model(folder, name, slow)
    record_buckets(folder)


main()
