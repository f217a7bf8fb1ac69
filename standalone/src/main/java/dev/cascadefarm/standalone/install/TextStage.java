package dev.cascadefarm.standalone.install;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.BundleWriter;
import dev.cascadefarm.common.cascade.RequestField;
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

  /** Where a cascade's text stage takes its inputs from. */
  public static final Map<String, String> PROMPTS =
      Map.of(
          "prompt", RequestField.PROMPT.source(),
          "negative_prompt", RequestField.NEGATIVE_PROMPT.source());

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
            Map.of("embeds", embeds()),
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
    return new TensorSpec("tensors", "F32", List.of("1", "N", "E"), optional);
  }
}
