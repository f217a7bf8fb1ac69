package dev.cascadefarm.diffusion.sampler;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The share of a run of {@code unclip} that a stage makes: where the last row has a network of its
 * own, two stages make the run, so that neither holds both. That row is the same for any number of
 * steps, for it leads from timestep 0 to the clean picture and draws no noise.
 */
public enum Rows {
  /** The whole run. */
  @JsonProperty("all")
  ALL,
  /** All but the last row; the state that it would take is handed on. */
  @JsonProperty("but_last")
  BUT_LAST,
  /** The last row alone, from the state that was handed on. */
  @JsonProperty("last")
  LAST;

  /** Steps of the shortest run that can be shared. */
  public static final int FEWEST = 2;

  /** This share of a run's rows. */
  public SamplerTable of(SamplerTable whole) {
    int last = whole.rows().size() - 1;
    return switch (this) {
      case ALL -> whole;
      case BUT_LAST -> whole.rows(0, last);
      case LAST -> whole.rows(last, last + 1);
    };
  }
}
