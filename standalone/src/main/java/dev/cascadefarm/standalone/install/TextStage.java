package dev.cascadefarm.standalone.install;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.BundleWriter;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.cascade.StageBundle.Per;
import dev.cascadefarm.common.cascade.TensorSpec;
import dev.cascadefarm.common.json.WireJson;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A stage that encodes captions.
 *
 * @param kind of encoder
 * @param model its architecture
 * @param settings that a job may give, as JSON Schema
 */
public record TextStage(String kind, JsonNode model, ObjectNode settings) {
  /** In which stages run. */
  public static final String PRECISION = "float32";

  private static final String ANY_WIDTH = "E";

  /** Where encoders of words, CLIPs and T5s keep the width of their tokens. */
  private static final List<String> WIDTHS = List.of("/width", "/clip/hidden_size", "/t5/d_model");

  /** A stage without settings. */
  public TextStage(String kind, JsonNode model) {
    this(kind, model, noSettings());
  }

  /** The schema of no settings at all. */
  public static ObjectNode noSettings() {
    return WireJson.object()
        .put("type", "object")
        .put("additionalProperties", false)
        .set("properties", WireJson.object());
  }

  /** Describes the files that lie in the bundle's folder. */
  public StageBundle seal(Path folder, BundleId id, Origin origin) {
    StageBundle draft =
        new StageBundle(
            id,
            kind,
            Per.JOB,
            Map.of(
                "prompt", new TensorSpec("text", "", List.of()),
                "negative_prompt", new TensorSpec("text", "", List.of(), true)),
            Map.of("embeds", embeds(width(), false)),
            0,
            1,
            settings,
            model,
            WireJson.object(),
            PRECISION,
            Map.of(),
            origin.licence(),
            origin.provenance());
    return BundleWriter.seal(folder, draft);
  }

  /** What a text stage hands on. */
  public static TensorSpec embeds() {
    return embeds(false);
  }

  /** The same, as an input that a cascade may leave out. */
  public static TensorSpec embeds(boolean optional) {
    return embeds(ANY_WIDTH, optional);
  }

  /** The same, of tokens of a known width; 0 of any. */
  public static TensorSpec embeds(int width, boolean optional) {
    return embeds(width == 0 ? ANY_WIDTH : Integer.toString(width), optional);
  }

  private static TensorSpec embeds(String width, boolean optional) {
    return new TensorSpec("tensors", "F32", List.of("1", "N", width), optional);
  }

  /** How wide a token's encoding is, if the architecture says so. */
  private String width() {
    return WIDTHS.stream()
        .map(model::at)
        .filter(JsonNode::isInt)
        .map(JsonNode::asText)
        .findFirst()
        .orElse(ANY_WIDTH);
  }
}
