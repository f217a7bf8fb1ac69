package dev.cascadefarm.common.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.RequestFields;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a job asks for, complete: every setting of every stage has its value. Stored with the job as
 * opaque JSON and handed to workers unchanged.
 *
 * @param cascade {@code name@version}
 * @param promptB caption to which the job goes; absent if it goes nowhere
 * @param negativePrompt takes the place of the unconditional branch; absent for the model's own
 * @param initImage SHA-256 (hex) of the picture that the job was given; absent if it was given none
 * @param initImageB SHA-256 (hex) of the picture to which the job goes; absent if it goes nowhere
 * @param n number of images; image {@code i} has seed {@code seed + i}
 * @param settings by stage, the value of every parameter of its bundle
 */
public record JobSpec(
    String cascade,
    String prompt,
    @Nullable String promptB,
    @Nullable String negativePrompt,
    @Nullable String initImage,
    @Nullable String initImageB,
    int n,
    long seed,
    Map<String, ObjectNode> settings)
    implements RequestFields {
  public JobSpec {
    settings = Map.copyOf(settings);
  }

  /** A job of words alone. */
  public JobSpec(
      String cascade,
      String prompt,
      @Nullable String negativePrompt,
      int n,
      long seed,
      Map<String, ObjectNode> settings) {
    this(cascade, prompt, null, negativePrompt, null, null, n, seed, settings);
  }
}
