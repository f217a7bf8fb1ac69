package dev.cascadefarm.diffusion.stage;

/** Loads stages onto a device. */
public interface StageLoader {
  /**
   * Loads the model and replays the bundle's self-test. Runs on the engine thread.
   *
   * @param device {@code cpu} or {@code cuda:N}
   * @throws StageException if a file is missing or damaged, or the self-test differs
   */
  StageRunner load(StageDefinition definition, String device);
}
