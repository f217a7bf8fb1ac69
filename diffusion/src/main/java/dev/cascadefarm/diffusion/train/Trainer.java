package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Teaches one model, step by step, with a checkpoint now and then. Killed at any moment it resumes
 * from the last checkpoint to the numbers it would have reached undisturbed. One trainer per
 * process, on the engine thread.
 */
public final class Trainer {
  private final TrainingTask task;
  private final OptimizerConfig config;
  private final Path folder;
  private final long seed;

  /**
   * Prepares a run.
   *
   * @param folder where checkpoints live; one run each
   * @param seed of the initial weights
   */
  public Trainer(TrainingTask task, OptimizerConfig config, Path folder, long seed) {
    this.task = task;
    this.config = config;
    this.folder = folder;
    this.seed = seed;
  }

  /**
   * A step that was taken.
   *
   * @param step 1-based
   * @param loss of its batch
   * @param norm of its gradient before clipping
   * @param seconds spent in training so far, earlier sessions included
   */
  public record Report(long step, int steps, float loss, double norm, double seconds, int batch) {}

  /**
   * The outcome.
   *
   * @param weights averaged, of the stage alone
   * @param finished false if it was stopped early
   */
  public record Outcome(
      Map<String, HostTensor> weights, long steps, double seconds, boolean finished) {}

  /**
   * Trains until the last step, or until told to stop; either way the state is saved.
   *
   * @param resume whether to go on from the folder's checkpoint if there is one
   * @param every time between checkpoints
   * @throws TrainingException if the loss is no longer a number
   */
  public Outcome run(
      boolean resume, Duration every, BooleanSupplier stop, Consumer<Report> reports) {
    TrainingState state =
        resume && TrainingState.exists(folder)
            ? TrainingState.resume(task.graph(), folder)
            : TrainingState.fresh(task.graph(), seed);
    try (TorchModule module =
        TorchModule.load(task.graph(), state.weights(), "cpu", TorchModule.Mode.TRAINABLE)) {
      long saved = System.nanoTime();
      while (state.step < config.steps() && !stop.getAsBoolean()) {
        step(module, state, reports);
        if (System.nanoTime() - saved > every.toNanos()) {
          state.save(folder);
          saved = System.nanoTime();
        }
      }
    }
    state.save(folder);
    return new Outcome(
        task.stageWeights(state.average()),
        state.step,
        state.seconds,
        state.step >= config.steps());
  }

  private void step(TorchModule module, TrainingState state, Consumer<Report> reports) {
    long start = System.nanoTime();
    Map<String, float[]> gradients = new LinkedHashMap<>();
    float loss = module.gradient(task.lossMethod(), task.batch(state.step), gradients::put);
    double norm = norm(gradients);
    if (!Float.isFinite(loss) || !Double.isFinite(norm)) {
      throw new TrainingException(
          "step %d: loss %s, gradient norm %s (expected: numbers); checkpoints in %s are good"
              .formatted(state.step + 1, loss, norm, folder));
    }
    double scale = Math.min(1, config.clipNorm() / (norm + 1e-6));
    gradients.forEach(
        (path, gradient) -> {
          AdamW parameter = state.parameters().get(path);
          parameter.step(gradient, scale, state.step, config);
          module.set(path, parameter.weights);
        });
    state.step++;
    state.seconds += (System.nanoTime() - start) / 1e9;
    reports.accept(
        new Report(state.step, config.steps(), loss, norm, state.seconds, task.batchSize()));
  }

  private static double norm(Map<String, float[]> gradients) {
    double sum = 0;
    for (float[] gradient : gradients.values()) {
      for (float each : gradient) {
        sum += (double) each * each;
      }
    }
    return Math.sqrt(sum);
  }
}
