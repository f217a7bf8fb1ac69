package dev.cascadefarm.standalone.install;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.RequestField;
import dev.cascadefarm.common.cascade.StageBundle;
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
  /** Where a cascade's text stage takes its inputs from. */
  public static final Map<String, String> PROMPTS =
      Map.of(
          "prompt", RequestField.PROMPT.source(),
          "negative_prompt", RequestField.NEGATIVE_PROMPT.source());

  /** Where encoders of words, CLIPs and T5s keep the width of their tokens. */
  private static final List<String> WIDTHS = List.of("/width", "/clip/hidden_size", "/t5/d_model");

  /** A stage without settings. */
  public TextStage(String kind, JsonNode model) {
    this(kind, model, StageModel.noSettings());
  }

  /** Describes the files that lie in the bundle's folder. */
  public StageBundle seal(BundleDraft draft) {
    return draft.seal(
        StageEnds.ofJob(
            BetweenStages.prompts(), Map.of(BetweenStages.EMBEDS, BetweenStages.embeds(width()))),
        StageModel.of(kind, model, settings));
  }

  /** How wide a token's encoding is, if the architecture says so; 0 otherwise. */
  private int width() {
    return WIDTHS.stream()
        .map(model::at)
        .filter(JsonNode::isInt)
        .map(JsonNode::asInt)
        .findFirst()
        .orElse(BetweenStages.ANY_WIDTH);
  }
}
