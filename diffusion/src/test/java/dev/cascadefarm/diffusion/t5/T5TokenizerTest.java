package dev.cascadefarm.diffusion.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.text.WordTokenizer;
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
import org.junit.jupiter.params.provider.ValueSource;

@Tag("engine")
class T5TokenizerTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {256, 12, 2})
  void encode_hardCaptions_thoseOfTransformers(int limit) throws IOException {
    assertThat(differing(file(tokenizer()), limit)).isEmpty();

    ObjectNode doctored = tokenizer();
    doctored.putNull("normalizer");
    assertThat(differing(file(doctored), limit)).contains("𝒶 𝔯𝔢𝔡 𝕔𝕚𝕣𝕔𝕝𝕖");
  }

  @Test
  void encode_fileThatPadsAndTruncates_neither() throws IOException {
    ObjectNode own = tokenizer();
    own.putObject("truncation")
        .put("direction", "Right")
        .put("max_length", 3)
        .put("strategy", "LongestFirst")
        .put("stride", 0);
    ObjectNode padding = own.putObject("padding");
    padding.putObject("strategy").put("Fixed", 400);
    padding.put("direction", "Right").putNull("pad_to_multiple_of");
    padding.put("pad_id", 0).put("pad_type_id", 0).put("pad_token", "<pad>");
    assertThat(differing(file(own), 256)).isEmpty();
  }

  /** Captions whose tokens are not the recorded ones. */
  private static List<String> differing(Path file, int limit) throws IOException {
    List<String> differing = new ArrayList<>();
    JsonNode rows = JSON.readTree(Fixture.bytes("t5-captions.json"));
    assertThat(rows).hasSizeGreaterThanOrEqualTo(50);
    try (T5Tokenizer tokenizer = T5Tokenizer.load(file, limit)) {
      for (JsonNode row : rows) {
        String caption = row.path("text").asText();
        long[] recorded = longs(row.path("t5").path(Integer.toString(limit)));
        if (!Arrays.equals(tokenizer.encode(caption).ids(), recorded)) {
          differing.add(caption);
        }
      }
    }
    return differing;
  }

  @ParameterizedTest
  @ValueSource(ints = {256, 12, 2})
  void encode_hardCaptionsInWords_thoseOfTokenizers(int limit) throws IOException {
    Path file = folder.resolve("words.json");
    Files.write(file, Fixture.bytes("word-tokenizer.json"));
    try (WordTokenizer tokenizer = WordTokenizer.load(file, limit)) {
      for (JsonNode row : JSON.readTree(Fixture.bytes("t5-captions.json"))) {
        long[] recorded = longs(row.path("words").path(Integer.toString(limit)));
        WordTokenizer.Tokens tokens = tokenizer.encode(row.path("text").asText());
        assertThat(tokens.ids()).containsExactly(Arrays.copyOf(recorded, limit));
        float[] mask = new float[limit];
        Arrays.fill(mask, 0, recorded.length, 1);
        assertThat(tokens.mask()).containsExactly(mask);
      }
    }
  }

  @Test
  void encode_longCaption_endKeptAndRestCounted() throws IOException {
    try (T5Tokenizer tokenizer = T5Tokenizer.load(file(tokenizer()), 5)) {
      T5Tokenizer.Tokens whole = tokenizer.encode("a a a a");
      assertThat(whole.dropped()).isZero();
      assertThat(whole.ids()).hasSize(5).endsWith(1);
      T5Tokenizer.Tokens cut = tokenizer.encode("a a a a a a a");
      assertThat(cut.dropped()).isEqualTo(3);
      assertThat(cut.ids()).containsExactly(whole.ids());
    }
  }

  @Test
  void encode_halfASurrogatePair_replaced() throws IOException {
    try (T5Tokenizer tokenizer = T5Tokenizer.load(file(tokenizer()), 256)) {
      long[] replaced = tokenizer.encode("a \ufffd circle").ids();
      assertThat(tokenizer.encode("a \ud83d circle").ids()).containsExactly(replaced);
      assertThat(tokenizer.encode("a \udd34 circle").ids()).containsExactly(replaced);
    }
  }

  @Test
  void load_notT5s_refusedByWhatItDoes() throws IOException {
    ObjectNode endless = tokenizer();
    endless.putNull("post_processor");
    assertRefused(endless, "\"\" gives [] (expected: one end token)");
    ObjectNode bare = tokenizer();
    bare.putObject("pre_tokenizer")
        .put("type", "Metaspace")
        .put("replacement", "▁")
        .put("prepend_scheme", "never")
        .put("split", true);
    assertRefused(bare, "add_prefix_space=True");
  }

  @Test
  void load_missingOrDamaged_refusedByName() throws IOException {
    assertThatThrownBy(() -> T5Tokenizer.load(folder.resolve("none.json"), 8))
        .isInstanceOf(T5FilesException.class)
        .hasMessageContaining("none.json: cannot be loaded");
    assertRefused(JSON.createObjectNode(), "cannot be loaded");
  }

  private void assertRefused(ObjectNode content, String message) throws IOException {
    Path file = file(content);
    assertThatThrownBy(() -> T5Tokenizer.load(file, 8))
        .isInstanceOf(T5FilesException.class)
        .hasMessageContaining("tokenizer.json")
        .hasMessageContaining(message);
  }

  private Path file(ObjectNode content) throws IOException {
    return Files.write(folder.resolve("tokenizer.json"), JSON.writeValueAsBytes(content));
  }

  private static ObjectNode tokenizer() throws IOException {
    return (ObjectNode) JSON.readTree(Fixture.bytes("t5-tokenizer.json"));
  }

  private static long[] longs(JsonNode ids) {
    long[] longs = new long[ids.size()];
    Arrays.setAll(longs, i -> ids.path(i).asLong());
    return longs;
  }
}
