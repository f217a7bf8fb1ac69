package dev.cascadefarm.common.job;

import java.util.List;

/**
 * The stages of one job in order, pinned at submission: a later change of a cascade is not seen.
 */
public record JobPlan(List<PlannedStage> stages) {
  public JobPlan {
    stages = List.copyOf(stages);
  }
}
