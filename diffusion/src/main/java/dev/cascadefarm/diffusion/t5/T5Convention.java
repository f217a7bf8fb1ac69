package dev.cascadefarm.diffusion.t5;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What the networks that hear a T5 were taught to expect of it. */
public enum T5Convention {
  /** Zeros for padding, and to be told where it is; they have a "no caption" of their own. */
  @JsonProperty("minimagen")
  MINIMAGEN,

  /**
   * Padding embedded as if it were a token, though no token sees it; captions without capitals; the
   * empty caption for none. This is how DeepFloyd IF was taught.
   */
  @JsonProperty("deepfloyd")
  DEEPFLOYD
}
