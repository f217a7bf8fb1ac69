package dev.cascadefarm.diffusion.clip;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cascadefarm.diffusion.parity.Fixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The recorded CLIPs as folders, as transformers and diffusers save them. */
public final class TinyClip {
  private static final ObjectMapper JSON = new ObjectMapper();

  private TinyClip() {}

  /** What was recorded of the tokenizers. */
  public static JsonNode tokens() {
    try {
      return JSON.readTree(Fixture.bytes("clip-tokens.json"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One of the kinds of tokenizer folders. */
  public static JsonNode style(String name) {
    for (JsonNode each : tokens().path("styles")) {
      if (each.path("name").asText().equals(name)) {
        return each;
      }
    }
    throw new IllegalArgumentException(name);
  }

  /** Writes a tokenizer's folder. */
  public static Path tokenizer(Path folder, String name) throws IOException {
    Files.createDirectories(folder);
    JsonNode files = style(name).path("files");
    if (!files.has("tokenizer.json")) {
      Files.write(folder.resolve("vocab.json"), Fixture.bytes("clip-vocab.json"));
      Files.write(folder.resolve("merges.txt"), Fixture.bytes("clip-merges.txt"));
    }
    for (Map.Entry<String, JsonNode> each : files.properties()) {
      Files.write(folder.resolve(each.getKey()), JSON.writeValueAsBytes(each.getValue()));
    }
    return folder;
  }

  /** Writes a model's folder. */
  public static Path model(Path folder, String name) throws IOException {
    Files.createDirectories(folder);
    Files.write(folder.resolve("config.json"), Fixture.bytes("clip-" + name + ".json"));
    Files.write(
        folder.resolve("model.safetensors"), Fixture.bytes("clip-" + name + ".safetensors"));
    return folder;
  }

  /** Writes a text model with its tokenizer. */
  public static ClipTextFolder text(Path folder, String name, String style) throws IOException {
    return new ClipTextFolder(
        model(folder.resolve("text_encoder"), name), tokenizer(folder.resolve("tokenizer"), style));
  }

  /** Writes a vision model with its preprocessing. */
  public static ClipVisionFolder vision(Path folder, String name, String preprocessor)
      throws IOException {
    Path features = Files.createDirectories(folder.resolve("feature_extractor"));
    JsonNode config = JSON.readTree(Fixture.bytes("clip-preprocessors.json")).path(preprocessor);
    Files.write(features.resolve("preprocessor_config.json"), JSON.writeValueAsBytes(config));
    return new ClipVisionFolder(model(folder.resolve("image_encoder"), name), features);
  }
}
