package dev.cascadefarm.standalone.torchscript;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.json.ConfigFile;
import dev.cascadefarm.diffusion.torchscript.GuestStage;
import dev.cascadefarm.diffusion.torchscript.GuestStage.Kind;
import dev.cascadefarm.diffusion.torchscript.TorchScriptException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What somebody says of a TorchScript file; every key must be known.
 *
 * @param section the part that the bundle keeps as its model
 * @param stage the same, read
 * @param sampling how a diffusion stage was trained and samples; absent for others
 * @param tokenizer file of a text encoder's; absent for others
 * @param selfTest file of a recorded call
 * @param licence SPDX identifier
 */
record StageDescription(
    Kind kind,
    ObjectNode section,
    GuestStage stage,
    Optional<GuestSampling> sampling,
    Optional<Path> tokenizer,
    Optional<Path> selfTest,
    String licence) {
  /** Nobody has said under which licence the weights are. */
  private static final String NO_LICENCE = "NOASSERTION";

  private static final int MOST_BYTES = 1 << 20;
  private static final List<String> SECTION =
      List.of("method", "inputs", "outputs", "draws", "pad_token_id", "no_caption");

  /**
   * Reads a file.
   *
   * @throws TorchScriptException naming the file, the key and the fault
   */
  static StageDescription read(Path path) {
    String name = path.toString();
    byte[] content = content(path);
    ConfigFile file = ConfigFile.parse(content, name, TorchScriptException::new);
    Kind kind = kind(file);
    GuestStage stage = GuestStage.parse(kind, file, name);
    Optional<GuestSampling> sampling =
        kind == Kind.DIFFUSION
            ? Optional.of(
                GuestSampling.read(stage, file.value("diffusion"), file.value("defaults"), name))
            : Optional.empty();
    Optional<Path> tokenizer =
        kind == Kind.TEXT_ENCODER
            ? Optional.of(beside(path, file, "tokenizer", "tokenizer.json"))
            : Optional.empty();
    Optional<Path> selfTest =
        file.has("self_test") ? Optional.of(beside(path, file, "self_test", "")) : Optional.empty();
    String licence = file.text("licence", NO_LICENCE);
    file.requireNoOthers();
    return new StageDescription(
        kind, section(content), stage, sampling, tokenizer, selfTest, licence);
  }

  private static Kind kind(ConfigFile file) {
    String word = file.text("kind", "missing");
    return Kind.of(word).orElseThrow(() -> file.refused("kind", word, "one of " + Kind.words()));
  }

  private static byte[] content(Path path) {
    try {
      if (Files.size(path) > MOST_BYTES) {
        throw new TorchScriptException(
            "%s: %d bytes (expected: at most %d)".formatted(path, Files.size(path), MOST_BYTES));
      }
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw new TorchScriptException(path + ": cannot be read (expected: a JSON file)", e);
    }
  }

  /** A file that the description names, looked for beside it. */
  private static Path beside(Path description, ConfigFile file, String key, String otherwise) {
    String name = file.text(key, otherwise);
    Path path = description.toAbsolutePath().resolveSibling(name);
    if (name.isEmpty() || !Files.isRegularFile(path)) {
      throw file.refused(key, name.isEmpty() ? "missing" : name, "a file beside the description");
    }
    return path;
  }

  private static ObjectNode section(byte[] content) {
    try {
      JsonNode all = WireJson.MAPPER.readTree(new String(content, StandardCharsets.UTF_8));
      ObjectNode section = WireJson.object();
      for (String each : SECTION) {
        @Nullable JsonNode value = all.get(each);
        if (value != null && !value.isNull()) {
          section.set(each, value);
        }
      }
      return section;
    } catch (IOException e) {
      throw new TorchScriptException("description: cannot be read again", e);
    }
  }
}
