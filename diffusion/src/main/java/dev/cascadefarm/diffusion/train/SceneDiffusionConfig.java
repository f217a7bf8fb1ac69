package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.schedule.NoiseSchedule;

/**
 * What a diffusion stage of the scenes learns from.
 *
 * @param side of its pictures, in pixels
 * @param lowresSide of the pictures it enlarges; 0 for a base stage
 * @param cropSide of the crops it is trained on at first
 * @param cropSteps steps on crops; whole pictures follow, whose statistics a normalization layer
 *     meets when it draws
 * @param scheduleName {@code cosine} or {@code linear}
 * @param timesteps of the schedule
 * @param captionDrop share of captions left out
 * @param maxAugmentation highest noise level of the small picture, 0 to 1
 */
public record SceneDiffusionConfig(
    int side,
    int lowresSide,
    int cropSide,
    int cropSteps,
    String scheduleName,
    int timesteps,
    double captionDrop,
    double maxAugmentation) {
  /** Side of what is seen of a picture at a 0-based step. */
  int sideAt(long step) {
    return step < cropSteps ? cropSide : side;
  }

  NoiseSchedule schedule() {
    return NoiseSchedule.of(scheduleName, timesteps);
  }
}
