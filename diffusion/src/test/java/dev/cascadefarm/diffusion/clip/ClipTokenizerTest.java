package dev.cascadefarm.diffusion.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.weights.CheckpointFolder;
import dev.cascadefarm.diffusion.weights.WeightsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("engine")
class ClipTokenizerTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {"sd1", "sd2", "sd2-saved", "newer", "newer-saved", "newer-sd2", "short", "bare"})
  void encode_hardCaptions_thoseOfTransformers(String style) throws IOException {
    TinyClip.tokenizer(folder, style);
    assertThat(differing(style)).isEmpty();
  }

  /** What makes a kind of folder differ from another must be noticed. */
  @ParameterizedTest
  @CsvSource({"sd1, sd2, !!!", "sd2, newer-sd2, <|STARTOFTEXT|> a <|EndOfText|>", "bare, sd1, !"})
  void encode_anotherFolder_otherTokens(String style, String other, String caption)
      throws IOException {
    TinyClip.tokenizer(folder, other);
    List<String> differing = differing(style);
    assertThat(differing).isNotEmpty();
    if (!style.equals("bare")) {
      assertThat(differing).contains(caption);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "normalizer, ÀÉÎÕÜ ÇÑ",
    "pre_tokenizer, they've we're i'm he'd she'll don't 'tis o'clock",
    "end_of_word_suffix, a red circle"
  })
  void encode_doctoredFile_otherTokens(String key, String caption) throws IOException {
    TinyClip.tokenizer(folder, "sd2-saved");
    Path file = folder.resolve("tokenizer.json");
    ObjectNode content = (ObjectNode) JSON.readTree(file.toFile());
    if (key.equals("end_of_word_suffix")) {
      ((ObjectNode) content.get("model")).put(key, "");
    } else {
      content.putObject(key).put("type", key.equals("normalizer") ? "NFC" : "ByteLevel");
      ((ObjectNode) content.get(key))
          .put("add_prefix_space", false)
          .put("trim_offsets", true)
          .put("use_regex", false);
    }
    JSON.writeValue(file.toFile(), content);
    assertThat(differing("sd2-saved")).contains(caption);
  }

  /** Captions whose tokens, padding or count are not the recorded ones. */
  private List<String> differing(String name) throws IOException {
    JsonNode style = TinyClip.style(name);
    JsonNode captions = TinyClip.tokens().path("captions");
    assertThat(captions).hasSizeGreaterThanOrEqualTo(60);
    ClipTokenizerFolder.Content content = content();
    List<String> differing = new ArrayList<>();
    try (ClipTokenizer tokenizer = load(content)) {
      for (int i = 0; i < captions.size(); i++) {
        String caption = captions.path(i).asText();
        long[] recorded = padded(style, style.path("ids").path(i));
        ClipTokenizer.Tokens tokens = tokenizer.encode(caption);
        if (!Arrays.equals(tokens.ids(), recorded)
            || tokens.own() != style.path("ids").path(i).size()) {
          differing.add(caption);
        }
      }
    }
    return differing;
  }

  private static long[] padded(JsonNode style, JsonNode ids) {
    long[] all = new long[style.path("length").asInt()];
    Arrays.fill(all, style.path("pad").asLong());
    for (int i = 0; i < ids.size(); i++) {
      all[i] = ids.path(i).asLong();
    }
    return all;
  }

  @Test
  void encode_longCaption_endKeptAndRestCounted() throws IOException {
    TinyClip.tokenizer(folder, "short");
    try (ClipTokenizer tokenizer = load(content())) {
      ClipTokenizer.Tokens whole = tokenizer.encode("a a a a a a a");
      assertThat(whole.dropped()).isZero();
      assertThat(whole.ids()).hasSize(9).endsWith(tokenizer.end());
      ClipTokenizer.Tokens cut = tokenizer.encode("a a a a a a a a a a");
      assertThat(cut.dropped()).isEqualTo(3);
      assertThat(cut.ids()).containsExactly(whole.ids());
    }
  }

  @Test
  void encode_halfASurrogatePair_replaced() throws IOException {
    TinyClip.tokenizer(folder, "bare");
    try (ClipTokenizer tokenizer = load(content())) {
      long[] replaced = tokenizer.encode("a \ufffd circle").ids();
      assertThat(tokenizer.encode("a \ud83d circle").ids()).containsExactly(replaced);
    }
  }

  @Test
  void read_sentencePieceOnly_saysHowToConvert() throws IOException {
    Files.write(folder.resolve("spiece.model"), new byte[] {1});
    assertThatThrownBy(this::content)
        .isInstanceOf(ClipFilesException.class)
        .hasMessageContaining(folder + ": only spiece.model (expected: tokenizer.json)")
        .hasMessageContaining(
            "AutoTokenizer.from_pretrained(\"%1$s\", use_fast=True).save_pretrained(\"%1$s\")"
                .formatted(folder));
  }

  @Test
  void read_filesMissing_saysWhich() throws IOException {
    assertThatThrownBy(this::content)
        .isInstanceOf(ClipFilesException.class)
        .hasMessageContaining("missing vocab.json (expected: tokenizer.json, or vocab.json and");
    Files.writeString(folder.resolve("vocab.json"), "{}");
    assertThatThrownBy(this::content).hasMessageContaining("missing merges.txt");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tokenizer_config.json | {\"tokenizer_class\": \"T5Tokenizer\"} |"
            + " tokenizer_class: T5Tokenizer (expected: CLIPTokenizer)",
        "tokenizer_config.json | {\"padding_side\": \"left\"} |"
            + " padding_side: \"left\" (expected: right)",
        "tokenizer_config.json | {\"model_max_length\": 1} | model_max_length: 1.0",
        "tokenizer_config.json | {\"pad_token\": \"<nothing>\"} |"
            + " special token: <nothing> (expected: one of the vocabulary)",
        "tokenizer_config.json | {\"pad_token\": 3} | pad_token: 3 (expected: a token)",
        "special_tokens_map.json | {\"eos_token\": \"<end>\"} | special token: <end>",
        "special_tokens_map.json | [] | special_tokens_map.json: (expected: a JSON object)",
        "vocab.json | {\"a\": | vocab.json: ",
        "vocab.json | {\"a\": 9999} | token a: 9999 (expected: 0 to below 754",
        "vocab.json | {\"a\": -1} | token a: -1",
        "vocab.json | {\"a\": \"b\"} | token a: \"b\"",
        "merges.txt | a b c | merges.txt:1: a b c (expected: two symbols)"
      })
  void read_damagedFile_refusedByName(String file, String content, String message)
      throws IOException {
    TinyClip.tokenizer(folder, "bare");
    String written = content;
    if (file.equals("vocab.json") && content.endsWith("}")) {
      String ends = ", \"<|startoftext|>\": 1, \"<|endoftext|>\": 2}";
      written = content.replace("}", ends);
    }
    Files.writeString(folder.resolve(file), written);
    assertThatThrownBy(this::content)
        .isInstanceOf(ClipFilesException.class)
        .hasMessageContaining(message);
  }

  @Test
  void read_addedTokenBeyondTheModel_refusedByName() throws IOException {
    TinyClip.tokenizer(folder, "sd2-saved");
    Path file = folder.resolve("tokenizer.json");
    ObjectNode content = (ObjectNode) JSON.readTree(file.toFile());
    ObjectNode added = content.withArray("added_tokens").addObject();
    added.put("content", "<my-style>").put("id", 754).put("special", false);
    JSON.writeValue(file.toFile(), content);
    assertThatThrownBy(this::content)
        .isInstanceOf(ClipFilesException.class)
        .hasMessageContaining("token <my-style>: 754 (expected: 0 to below 754");
  }

  @Test
  void read_fileLinkedOutOfTheFolder_refused() throws IOException {
    Path inside = TinyClip.tokenizer(folder.resolve("inside"), "bare");
    Path outside = Files.move(inside.resolve("vocab.json"), folder.resolve("vocab.json"));
    Files.createSymbolicLink(inside.resolve("vocab.json"), outside);
    assertThatThrownBy(() -> new ClipTokenizerFolder(new CheckpointFolder(inside)).read(model()))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("vocab.json: links to " + outside.toRealPath());
  }

  @Test
  void load_notCLIPs_refusedByWhatItDoes() throws IOException {
    Path file = Files.write(folder.resolve("t.json"), Fixture.bytes("word-tokenizer.json"));
    assertThatThrownBy(() -> ClipTokenizer.load(file, 8, 0))
        .isInstanceOf(ClipFilesException.class)
        .hasMessageContaining("\"\" gives [2] (expected: a start token and an end token)");
    assertThatThrownBy(() -> ClipTokenizer.load(folder.resolve("none.json"), 8, 0))
        .isInstanceOf(ClipFilesException.class)
        .hasMessageContaining("none.json: cannot be loaded");
  }

  private ClipTokenizerFolder.Content content() {
    return new ClipTokenizerFolder(new CheckpointFolder(folder)).read(model());
  }

  private ClipTokenizer load(ClipTokenizerFolder.Content content) throws IOException {
    Path file = Files.write(folder.resolve("built.json"), content.json());
    return ClipTokenizer.load(file, content.maxLength(), content.padding());
  }

  private static ClipTextConfig model() {
    return ClipConfigFile.text(Fixture.bytes("clip-text-gelu.json"), "text-gelu");
  }
}
