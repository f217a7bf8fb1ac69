package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Teaches one model, step by step, with a checkpoint now and then. Killed at any moment it resumes
 * from the last checkpoint to the numbers it would have reached undisturbed. One trainer per
 * process, on the engine thread.
 */
public final class Trainer {
  private final TrainingTask task;
  private final OptimizerConfig config;
  private final TrainingPlan plan;
  private final Path folder;
  private final long seed;
  private final Fingerprint fingerprint;

  /**
   * Prepares a run by {@link TrainingPlan#PLAIN}.
   *
   * @param folder where checkpoints live; one run each
   * @param seed of the initial weights
   */
  public Trainer(TrainingTask task, OptimizerConfig config, Path folder, long seed) {
    this(task, config, TrainingPlan.PLAIN, folder, seed);
  }

  /** Prepares a run; the arguments are as above. */
  public Trainer(
      TrainingTask task, OptimizerConfig config, TrainingPlan plan, Path folder, long seed) {
    this(task, config, plan, folder, seed, Fingerprint.NONE);
  }

  private Trainer(
      TrainingTask task,
      OptimizerConfig config,
      TrainingPlan plan,
      Path folder,
      long seed,
      Fingerprint fingerprint) {
    this.task = task;
    this.config = config;
    this.plan = plan;
    this.folder = folder;
    this.seed = seed;
    this.fingerprint = fingerprint;
  }

  /** The same run, which only goes on if it began with that. */
  public Trainer requiring(Fingerprint all) {
    return new Trainer(task, config, plan, folder, seed, all);
  }

  /**
   * A step that was taken.
   *
   * @param step 1-based
   * @param loss of its batches
   * @param norm of its gradient before clipping
   * @param seconds spent in training so far, earlier sessions included
   * @param batch samples of the step
   */
  public record Report(long step, int steps, float loss, double norm, double seconds, int batch) {}

  /**
   * How well the model did on examples it does not learn from, at fixed noise, with every caption.
   *
   * @param step after that many
   * @param loss mean over the batches
   * @param psnr of the model's pictures in decibels, if that is what it is judged by
   */
  public record Validation(long step, float loss, @Nullable Double psnr) {
    public Validation(long step, float loss) {
      this(step, loss, null);
    }

    boolean betterThan(@Nullable Validation other) {
      return other == null || loss < other.loss;
    }
  }

  /**
   * The outcome.
   *
   * @param weights of the stage alone, averaged where an average is kept
   * @param finished false if it was stopped early
   * @param best of all validations; absent without
   */
  public record Outcome(
      Map<String, HostTensor> weights,
      long steps,
      double seconds,
      boolean finished,
      @Nullable Validation best) {}

  /**
   * Trains until the last step, or until told to stop; either way the state is saved.
   *
   * @param resume whether to go on from the folder's checkpoint if there is one
   * @throws TrainingException if the run began with something else, or the loss is no longer a
   *     number
   */
  public Outcome run(boolean resume, BooleanSupplier stop, TrainingListener listener) {
    TrainingState state = resume && TrainingState.exists(folder) ? resumed() : fresh();
    Supplier<Map<String, HostTensor>> weights = () -> task.stageWeights(state.average());
    try (TorchModule module =
        TorchModule.load(task.graph(), state.weights(), "cpu", TorchModule.Mode.TRAINABLE)) {
      long saved = System.nanoTime();
      while (state.step < config.steps() && !stop.getAsBoolean()) {
        listener.stepped(step(module, state), weights);
        if (plan.validates(state.step, config.steps()) && task.validationBatches() > 0) {
          Validation validation = validate(module, state);
          listener.validated(validation, validation.equals(state.best), weights);
        }
        if (System.nanoTime() - saved > plan.checkpointEvery().toNanos()) {
          save(state, listener, weights);
          saved = System.nanoTime();
        }
      }
    }
    save(state, listener, weights);
    return new Outcome(
        weights.get(), state.step, state.seconds, state.step >= config.steps(), state.best);
  }

  private TrainingState fresh() {
    return TrainingState.fresh(task.graph(), task.initialWeights(seed), config.averages());
  }

  private TrainingState resumed() {
    fingerprint.requireSame(TrainingState.fingerprint(folder), folder.resolve(TrainingState.FILE));
    return TrainingState.resume(task.graph(), folder, config.averages());
  }

  /**
   * The stage's weights that did best in validation.
   *
   * @throws dev.cascadefarm.diffusion.weights.WeightsException if none were kept
   */
  public static Map<String, HostTensor> best(Path folder) {
    return SafeTensors.read(folder.resolve(TrainingState.BEST));
  }

  private void save(
      TrainingState state, TrainingListener listener, Supplier<Map<String, HostTensor>> weights) {
    state.save(folder, fingerprint);
    listener.saved(state.step, weights);
  }

  private Report step(TorchModule module, TrainingState state) {
    long start = System.nanoTime();
    Gradients gradients = gradients(module, state.step);
    double norm = gradients.norm();
    if (!Float.isFinite(gradients.loss()) || !Double.isFinite(norm)) {
      throw stopped(state, "loss %s, gradient norm %s".formatted(gradients.loss(), norm));
    }
    double scale = Math.min(1, config.clipNorm() / (norm + 1e-6));
    gradients
        .byPath()
        .forEach(
            (path, gradient) -> {
              Adam parameter = state.parameter(path);
              parameter.step(gradient, scale, state.step, config);
              module.set(path, parameter.weights);
            });
    int samples = task.batchSize(state.step * plan.accumulate()) * plan.accumulate();
    state.step++;
    state.seconds += (System.nanoTime() - start) / 1e9;
    return new Report(state.step, config.steps(), gradients.loss(), norm, state.seconds, samples);
  }

  private Gradients gradients(TorchModule module, long step) {
    Gradients gradients = new Gradients();
    for (int i = 0; i < plan.accumulate(); i++) {
      for (var part :
          MicroBatches.of(task.batch(step * plan.accumulate() + i), plan.microBatch())) {
        gradients.add(module, task.lossMethod(), part.inputs(), part.share() / plan.accumulate());
      }
    }
    return gradients;
  }

  private TrainingException stopped(TrainingState state, String found) {
    String checkpoint =
        state.saved == null
            ? "there is no checkpoint yet"
            : "the last good checkpoint is %s, after step %d"
                .formatted(folder.resolve(TrainingState.FILE), state.saved);
    return new TrainingException(
        "step %d: %s (expected: numbers); %s".formatted(state.step + 1, found, checkpoint));
  }

  /** Judges the weights that would be used, and keeps them if they are the best so far. */
  private Validation validate(TorchModule module, TrainingState state) {
    module.trained().forEach(path -> module.set(path, state.parameter(path).average));
    double sum = 0;
    for (int i = 0; i < task.validationBatches(); i++) {
      for (var part : MicroBatches.of(task.validationBatch(i), plan.microBatch())) {
        sum += part.share() * module.call(task.judgingMethod(), part.inputs()).get(0).data()[0];
      }
    }
    module.trained().forEach(path -> module.set(path, state.parameter(path).weights));
    float mean = (float) (sum / task.validationBatches());
    Validation validation = new Validation(state.step, mean, task.psnr(mean));
    if (!Float.isFinite(validation.loss())) {
      throw stopped(state, "validation loss " + validation.loss());
    }
    if (validation.betterThan(state.best)) {
      state.best = validation;
      state.saveBest(folder, task.stageWeights(state.average()));
    }
    return validation;
  }
}
