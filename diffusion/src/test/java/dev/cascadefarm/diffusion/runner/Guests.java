package dev.cascadefarm.diffusion.runner;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.imagen.LowresPicture;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.sampler.SamplerHabits;
import dev.cascadefarm.diffusion.schedule.Betas;
import dev.cascadefarm.diffusion.schedule.ScheduleSettings;
import dev.cascadefarm.diffusion.stage.StageDefinition;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.diffusion.torchscript.GuestStage.Kind;
import dev.cascadefarm.diffusion.torchscript.TorchScriptFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The recorded TorchScript files and their descriptions; a folder for their bundles. */
record Guests(Path folder) {
  static final String PLAIN =
      """
      {"inputs": [{"name": "x", "shape": ["B", 3, 8, 8]},
                  {"name": "timestep", "dtype": "int64", "shape": ["B"]}],
       "outputs": [{"name": "prediction", "shape": ["B", 3, 8, 8]}]}
      """;

  static final String GUIDED =
      """
      {"inputs": [{"name": "embeds", "shape": ["B", 6, 8]},
                  {"name": "mask", "dtype": "bool", "shape": ["B", 6]},
                  {"name": "x", "shape": ["B", 4, 4, 4]},
                  {"name": "timestep", "shape": ["B", 1], "scale": 0.001}],
       "outputs": [{"name": "unused", "shape": ["B", 8, 4, 4]},
                   {"name": "prediction", "shape": ["B", 4, 4, 4]}],
       "draws": "latents"}
      """;

  static final String ENLARGER =
      """
      {"inputs": [{"name": "x+image", "shape": ["B", 6, 8, 8]},
                  {"name": "timestep", "dtype": "int64", "shape": ["B"]},
                  {"name": "image_timestep", "dtype": "int32", "shape": ["B"]}],
       "outputs": [{"name": "prediction", "shape": ["B", 3, 8, 8]}]}
      """;

  static final String KEPT =
      """
      {"inputs": [{"name": "x", "shape": ["B", 3, 8, 8]},
                  {"name": "timestep", "dtype": "int64", "shape": ["B"]},
                  {"name": "pooled", "shape": ["B", 8]},
                  {"name": "keep", "dtype": "bool", "shape": ["B"]}],
       "outputs": [{"name": "prediction", "shape": ["B", 3, 8, 8]}]}
      """;

  static final String DECODER =
      """
      {"inputs": [{"name": "latents", "dtype": "float64", "shape": ["B", 4, 4, 4], "scale": 4}],
       "outputs": [{"name": "image", "shape": ["B", 3, 8, 8], "range": [0, 1]}]}
      """;

  static final String ENCODER =
      """
      {"inputs": [{"name": "image", "shape": ["B", 3, 8, 8], "range": [0, 1]}],
       "outputs": [{"name": "latents", "shape": ["B", 4, 4, 4], "scale": 0.25}]}
      """;

  static final String WORDS =
      """
      {"method": "encode", "pad_token_id": 3, "no_caption": "",
       "inputs": [{"name": "ids", "dtype": "int64", "shape": ["B", 6]},
                  {"name": "mask", "shape": ["B", 6]}],
       "outputs": [{"name": "embeds", "shape": ["B", 6, 8]}, {"name": "pooled", "shape": ["B", 8]}]}
      """;

  private static final ObjectMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  /** The recorded file of that name. */
  Path file(String name) {
    Path file = folder.resolve(name + ".pt");
    try {
      Files.createDirectories(folder);
      return Files.write(file, Fixture.bytes("torchscript/" + name + ".pt"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  static DiffusionConfig diffusion(Objective objective) {
    return new DiffusionConfig(
        ScheduleSettings.of(Betas.linear(1e-4, 0.02)),
        1000,
        objective,
        3,
        LowresPicture.AS_TRAINED,
        SamplerHabits.OWN);
  }

  /** A file that draws, on its way into a bundle. */
  GuestBundle drawing(String name, String section, Objective objective) {
    return new GuestBundle(
        TorchScriptFile.open(file(name)),
        Kind.DIFFUSION,
        json(section),
        Optional.of(diffusion(objective)),
        Optional.empty());
  }

  /** A file that answers in one call. */
  GuestBundle other(String name, Kind kind, String section) {
    Optional<Path> tokenizer = Optional.empty();
    if (kind == Kind.TEXT_ENCODER) {
      Path words = folder.resolve("words.json");
      try {
        tokenizer = Optional.of(Files.write(words, Fixture.bytes("word-tokenizer.json")));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return new GuestBundle(
        TorchScriptFile.open(file(name)), kind, json(section), Optional.empty(), tokenizer);
  }

  /** Tries a file out, writes its bundle and loads it as a worker does. */
  StageRunner load(GuestBundle bundle) throws IOException {
    Path answers = Files.createTempFile(folder, "answers", ".safetensors");
    bundle.tryOut(Optional.empty(), answers);
    Path place = Files.createTempDirectory(folder, "bundle");
    bundle.write(place, answers);
    ObjectNode none = JSON.createObjectNode();
    JsonNode diffusion = bundle.diffusion().<JsonNode>map(JSON::valueToTree).orElse(none);
    return new TorchStageLoader()
        .load(
            new StageDefinition(
                bundle.kind().word(),
                bundle.model(),
                diffusion,
                bundle.stage().side(bundle.kind()),
                1,
                place),
            "cpu");
  }
}
