package dev.cascadefarm.common.cascade;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks for, in its own words.
 *
 * @param cascade {@code name}, or {@code name@version} to insist on a version
 * @param promptB caption to which a job goes; needed by cascades that take one
 * @param initImage id of an uploaded picture; needed by cascades that take one
 * @param initImageB id of the uploaded picture to which a job goes; needed by cascades that take
 *     one
 * @param n number of images
 * @param seed of image 0
 * @param set by stage, the settings that differ from the bundle's defaults
 */
public record JobRequest(
    String cascade,
    String prompt,
    @Nullable String promptB,
    @Nullable String negativePrompt,
    @Nullable String initImage,
    @Nullable String initImageB,
    int n,
    long seed,
    Map<String, JsonNode> set)
    implements RequestFields {
  public JobRequest {
    set = Map.copyOf(set);
  }

  /** A request of words alone. */
  public JobRequest(
      String cascade,
      String prompt,
      @Nullable String negativePrompt,
      int n,
      long seed,
      Map<String, JsonNode> set) {
    this(cascade, prompt, null, negativePrompt, null, null, n, seed, set);
  }
}
