package dev.cascadefarm.diffusion.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.text.WordTokenizer.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ids: 0 padding, 1 unknown, 2 end, then the words. */
@Tag("engine")
class WordTokenizerTest {
  private static final List<String> WORDS = List.of("a", "red", "circle", "größe");

  @TempDir Path folder;
  private WordTokenizer tokenizer;

  @BeforeEach
  void load() throws IOException {
    Path file = Files.write(folder.resolve("tokenizer.json"), WordTokenizer.file(WORDS));
    tokenizer = WordTokenizer.load(file, 6);
  }

  @AfterEach
  void close() {
    tokenizer.close();
  }

  @Test
  void encode_knownWords_lowerCasedEndedPadded() {
    Tokens tokens = tokenizer.encode("A  Red circle ");
    assertThat(tokens.ids()).containsExactly(3, 4, 5, 2, 0, 0);
    assertThat(tokens.mask()).containsExactly(1, 1, 1, 1, 0, 0);
    assertThat(tokens.unknown()).isEmpty();
    assertThat(tokens.dropped()).isZero();
    assertThat(WordTokenizer.vocabularySize(WORDS)).isEqualTo(7);
  }

  @Test
  void encode_empty_endOnly() {
    for (String blank : List.of("", "   ", "\n\t")) {
      assertThat(tokenizer.encode(blank).ids()).containsExactly(2, 0, 0, 0, 0, 0);
      assertThat(tokenizer.encode(blank).unknown()).isEmpty();
    }
  }

  @Test
  void encode_unknownWords_namedInOrder() {
    Tokens tokens = tokenizer.encode("a Purple circle, red!");
    assertThat(tokens.ids()).containsExactly(3, 1, 1, 1, 2, 0);
    assertThat(tokens.unknown()).containsExactly("Purple", "circle,", "red!");
  }

  @Test
  void encode_nonAsciiCaption_wordsCutAtTheirEdges() {
    assertThat(tokenizer.encode("Größe ümlaut red").ids()).containsExactly(6, 1, 4, 2, 0, 0);
    assertThat(tokenizer.encode("Größe ümlaut red").unknown()).containsExactly("ümlaut");
    assertThat(tokenizer.encode("日本 a 語").unknown()).containsExactly("日本", "語");
    assertThat(tokenizer.encode("😀 red 🎨x circle é").unknown()).containsExactly("😀", "🎨x", "é");
  }

  @Test
  void encode_justFits_nothingDropped() {
    Tokens tokens = tokenizer.encode("a a a a red");
    assertThat(tokens.ids()).containsExactly(3, 3, 3, 3, 4, 2);
    assertThat(tokens.dropped()).isZero();
  }

  @Test
  void encode_tooManyWords_cutWithTheEndKept() {
    Tokens tokens = tokenizer.encode("a a a a red circle red nonsense");
    assertThat(tokens.ids()).containsExactly(3, 3, 3, 3, 4, 2);
    assertThat(tokens.mask()).containsOnly(1);
    assertThat(tokens.dropped()).isEqualTo(3);
    assertThat(tokens.unknown()).containsExactly("nonsense");
  }

  @Test
  void encode_hugeCaption_cut() {
    assertThat(tokenizer.encode("red ".repeat(100_000)).dropped()).isEqualTo(100_000 - 5);
  }

  @Test
  void encode_specialWords_harmless() {
    Tokens tokens = tokenizer.encode("a <unk> red");
    assertThat(tokens.ids()).startsWith(3, 1, 4, 2);
    assertThat(tokens.unknown()).containsExactly("<unk>");
  }

  @Test
  void encode_strangeCharacters_neverFails() {
    for (String strange : List.of("\u0000", "\uD800", "\uDC00 red", "\u202E a", "\u0130x red")) {
      assertThat(tokenizer.encode(strange).ids()).hasSize(6);
    }
    assertThat(tokenizer.encode("\u0130x plaid red").unknown()).containsExactly("\u0130x", "plaid");
  }

  @Test
  void load_notATokenizer_refused() throws IOException {
    Path file = Files.writeString(folder.resolve("broken.json"), "{}");
    assertThatThrownBy(() -> WordTokenizer.load(file, 6)).isInstanceOf(Exception.class);
  }
}
