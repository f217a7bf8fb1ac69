package dev.cascadefarm.diffusion.scheduler;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How a scheduler keeps x₀ in range.
 *
 * @param percentile share of the pixels that a dynamic threshold spares, 0 to 1
 * @param limit what a static threshold clips to, and the highest that a dynamic one may be; above 0
 */
public record Thresholding(Kind kind, double percentile, double limit) {
  /** The kinds of thresholds, by their names in a job's settings. */
  public enum Kind {
    /** None: x₀ as predicted. */
    @JsonProperty("none")
    NONE,
    /** Clip to ± the limit. */
    @JsonProperty("static")
    STATIC,
    /** Clip to ± a percentile of |x₀| between 1 and the limit, and divide by it. */
    @JsonProperty("dynamic")
    DYNAMIC
  }

  /** x₀ as predicted. */
  public static final Thresholding NONE = new Thresholding(Kind.NONE, 1, 1);
}
