package dev.cascadefarm.coordinator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.cascade.CascadeStage;
import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.cascade.InstalledBundle;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.cascade.TensorSpec;
import dev.cascadefarm.common.json.WireJson;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A cascade of three stages without weights, and others that begin with a picture or two. */
final class TestCatalogue {
  static final BundleId TEXT = BundleId.parse("tiny-text@1");
  static final BundleId BASE = BundleId.parse("tiny-base@1");
  static final BundleId SR = BundleId.parse("tiny-sr@1");

  private static final TensorSpec PROMPT = new TensorSpec("text", "", List.of());
  private static final TensorSpec NEGATIVE = new TensorSpec("text", "", List.of(), true);
  private static final TensorSpec EMBEDDING =
      new TensorSpec("tensors", "F32", List.of("1", "N", "E"));
  private static final TensorSpec IMAGE = new TensorSpec("image", "", List.of());

  private TestCatalogue() {}

  static Catalogue tiny() {
    return Catalogue.of(
        List.of(text(), base(), superResolution()), List.of(cascade(), enlarging(), blending()));
  }

  private static Cascade cascade() {
    return new Cascade(
        "tiny",
        1,
        "three stages that draw nothing",
        List.of(
            new CascadeStage(
                "text",
                TEXT,
                Map.of("prompt", "request.prompt", "negative_prompt", "request.negative_prompt")),
            new CascadeStage("base", BASE, Map.of("embedding", "text.embedding")),
            new CascadeStage(
                "sr", SR, Map.of("embedding", "text.embedding", "low_res", "base.image"))));
  }

  private static Cascade enlarging() {
    return new Cascade(
        "tiny-enlarge",
        1,
        "two stages that enlarge nothing",
        List.of(
            new CascadeStage("text", TEXT, Map.of("prompt", "request.prompt")),
            enlarging("sr", "request.init_image")));
  }

  private static Cascade blending() {
    return new Cascade(
        "tiny-blend",
        1,
        "three stages that blend nothing",
        List.of(
            new CascadeStage("text", TEXT, Map.of("prompt", "request.prompt_b")),
            enlarging("sr", "request.init_image"),
            enlarging("sr-b", "request.init_image_b")));
  }

  private static CascadeStage enlarging(String name, String picture) {
    return new CascadeStage(name, SR, Map.of("embedding", "text.embedding", "low_res", picture));
  }

  private static InstalledBundle text() {
    return bundle(
        TEXT,
        StageBundle.Per.JOB,
        Map.of("prompt", PROMPT, "negative_prompt", NEGATIVE),
        Map.of("embedding", EMBEDDING),
        WireJson.object());
  }

  private static InstalledBundle base() {
    return bundle(
        BASE,
        StageBundle.Per.IMAGE,
        Map.of("embedding", EMBEDDING),
        Map.of("image", IMAGE),
        sampling());
  }

  private static InstalledBundle superResolution() {
    return bundle(
        SR,
        StageBundle.Per.IMAGE,
        Map.of("embedding", EMBEDDING, "low_res", IMAGE),
        Map.of("image", IMAGE),
        sampling());
  }

  private static ObjectNode sampling() {
    ObjectNode properties = WireJson.object();
    properties.set("steps", parameter("integer", 1, 1000).put("default", 20));
    properties.set("guidance", parameter("number", 0, 30).put("default", 4.0));
    return properties;
  }

  private static ObjectNode parameter(String type, int minimum, int maximum) {
    return WireJson.object().put("type", type).put("minimum", minimum).put("maximum", maximum);
  }

  private static InstalledBundle bundle(
      BundleId id,
      StageBundle.Per per,
      Map<String, TensorSpec> inputs,
      Map<String, TensorSpec> outputs,
      ObjectNode properties) {
    JsonNode parameters = WireJson.object().set("properties", properties);
    StageBundle bundle =
        new StageBundle(
            id,
            "tiny",
            per,
            inputs,
            outputs,
            per == StageBundle.Per.IMAGE ? 16 : 0,
            1,
            parameters,
            WireJson.object(),
            WireJson.object(),
            "float32",
            Map.of(),
            "Apache-2.0",
            WireJson.object());
    return new InstalledBundle(bundle, "d".repeat(63) + id.name().length() % 10, Path.of("none"));
  }
}
