package dev.cascadefarm.standalone.render;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.json.WireJson;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code farm render} asks for. Nothing is checked here: the farm does, with the bundles' own
 * schemas.
 *
 * @param initImage id of an upload
 * @param n absent for the farm's default
 * @param seed absent for one that the farm draws
 */
public record RenderRequest(
    String cascade,
    String prompt,
    @Nullable String negativePrompt,
    @Nullable String initImage,
    @Nullable Long n,
    @Nullable Long seed,
    @Nullable Integer priority,
    List<StageSetting> settings) {
  public RenderRequest {
    settings = List.copyOf(settings);
  }

  /** A request without a picture. */
  public RenderRequest(
      String cascade,
      String prompt,
      @Nullable String negativePrompt,
      @Nullable Long n,
      @Nullable Long seed,
      @Nullable Integer priority,
      List<StageSetting> settings) {
    this(cascade, prompt, negativePrompt, null, n, seed, priority, settings);
  }

  /** The same request with a picture to start from. */
  public RenderRequest withInitImage(String upload) {
    return new RenderRequest(cascade, prompt, negativePrompt, upload, n, seed, priority, settings);
  }

  /** The same request with more settings. */
  RenderRequest and(List<StageSetting> others) {
    List<StageSetting> more = new ArrayList<>(settings);
    more.addAll(others);
    return new RenderRequest(cascade, prompt, negativePrompt, initImage, n, seed, priority, more);
  }

  /** The body of the submission. */
  public ObjectNode toJson() {
    ObjectNode body = WireJson.object().put("cascade", cascade).put("prompt", prompt);
    if (negativePrompt != null) {
      body.put("negative_prompt", negativePrompt);
    }
    if (initImage != null) {
      body.put("init_image", initImage);
    }
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
