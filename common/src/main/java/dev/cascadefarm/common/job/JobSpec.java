package dev.cascadefarm.common.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a job asks for, complete: every setting of every stage has its value. Stored with the job as
 * opaque JSON and handed to workers unchanged.
 *
 * @param cascade {@code name@version}
 * @param negativePrompt takes the place of the unconditional branch; absent for the model's own
 * @param initImage SHA-256 (hex) of the picture that the job was given; absent if it was given none
 * @param n number of images; image {@code i} has seed {@code seed + i}
 * @param settings by stage, the value of every parameter of its bundle
 */
public record JobSpec(
    String cascade,
    String prompt,
    @Nullable String negativePrompt,
    @Nullable String initImage,
    int n,
    long seed,
    Map<String, ObjectNode> settings) {
  public JobSpec {
    settings = Map.copyOf(settings);
  }

  /** A job without a picture. */
  public JobSpec(
      String cascade,
      String prompt,
      @Nullable String negativePrompt,
      int n,
      long seed,
      Map<String, ObjectNode> settings) {
    this(cascade, prompt, negativePrompt, null, n, seed, settings);
  }
}
