package dev.cascadefarm.standalone.render;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.RequestField;
import dev.cascadefarm.common.json.WireJson;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code farm render} asks for. Nothing is checked here: the farm does, with the bundles' own
 * schemas.
 *
 * @param given a prompt, and what else there is
 * @param n absent for the farm's default
 * @param seed absent for one that the farm draws
 */
public record RenderRequest(
    String cascade,
    Map<RequestField, String> given,
    @Nullable Long n,
    @Nullable Long seed,
    @Nullable Integer priority,
    List<StageSetting> settings) {
  public RenderRequest {
    given = Collections.unmodifiableMap(new EnumMap<>(given));
    settings = List.copyOf(settings);
  }

  /** A request of words alone. */
  public RenderRequest(
      String cascade,
      String prompt,
      @Nullable String negativePrompt,
      @Nullable Long n,
      @Nullable Long seed,
      @Nullable Integer priority,
      List<StageSetting> settings) {
    this(cascade, words(prompt, negativePrompt), n, seed, priority, settings);
  }

  private static Map<RequestField, String> words(String prompt, @Nullable String negativePrompt) {
    Map<RequestField, String> words = new EnumMap<>(Map.of(RequestField.PROMPT, prompt));
    if (negativePrompt != null) {
      words.put(RequestField.NEGATIVE_PROMPT, negativePrompt);
    }
    return words;
  }

  /** What is to be drawn. */
  public String prompt() {
    return given.getOrDefault(RequestField.PROMPT, "");
  }

  /** The same request with something given, or given instead; of a picture the id of its upload. */
  public RenderRequest with(RequestField field, String value) {
    Map<RequestField, String> more = new EnumMap<>(given);
    more.put(field, value);
    return new RenderRequest(cascade, more, n, seed, priority, settings);
  }

  /** The same request with more settings. */
  RenderRequest and(List<StageSetting> others) {
    List<StageSetting> more = new ArrayList<>(settings);
    more.addAll(others);
    return new RenderRequest(cascade, given, n, seed, priority, more);
  }

  /** The body of the submission. */
  public ObjectNode toJson() {
    ObjectNode body = WireJson.object().put("cascade", cascade);
    given.forEach((field, value) -> body.put(field.word(), value));
    if (n != null) {
      body.put("n", n);
    }
    if (seed != null) {
      body.put("seed", seed);
    }
    if (priority != null) {
      body.put("priority", priority);
    }
    ObjectNode set = WireJson.object();
    settings.forEach(each -> set.withObjectProperty(each.stage()).set(each.key(), each.value()));
    return set.isEmpty() ? body : body.set("set", set);
  }
}
