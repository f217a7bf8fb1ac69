package dev.cascadefarm.standalone.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.train.Fingerprint;
import dev.cascadefarm.diffusion.train.OptimizerConfig;
import dev.cascadefarm.diffusion.train.Trainer;
import dev.cascadefarm.diffusion.train.TrainingListener;
import dev.cascadefarm.diffusion.train.TrainingPlan;
import dev.cascadefarm.diffusion.train.TrainingTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * One stage's training on procedural scenes, from start or resumption to end or stop. On the engine
 * thread.
 *
 * @param name of the cascade and the stage
 * @param folder of the stage's checkpoints and records
 * @param resume whether to go on from the last checkpoint
 * @param stop whether to save and stop before the next step
 * @param listener hears of every step
 */
record StageRun(
    RunRecord.Name name,
    Path folder,
    boolean resume,
    BooleanSupplier stop,
    TrainingListener listener) {
  /** The plan of models that are judged. */
  static final TrainingPlan JUDGED = TrainingPlan.PLAIN.validating(250);

  private static final int RECORD_STEPS = 100;

  /**
   * How a stage is taught.
   *
   * @param optimizer also says how many steps
   * @param seed of initial weights
   * @param recipe all that shapes the stage's numbers, as a tree; the optimizer under its own name
   */
  record Lesson(OptimizerConfig optimizer, TrainingPlan plan, long seed, ObjectNode recipe) {
    /** The number of steps may change from one session to the next. */
    Fingerprint fingerprint() {
      ObjectNode all = recipe.deepCopy().put("seed", seed);
      all.withObject("optimizer").remove("steps");
      return Fingerprint.of(all);
    }
  }

  /** Trains; checkpoints and records stay in the folder. */
  Trainer.Outcome run(TrainingTask task, Lesson lesson) throws IOException {
    OptimizerConfig optimizer = lesson.optimizer();
    RunRecord record =
        new RunRecord(Files.createDirectories(folder), name, RECORD_STEPS, optimizer.steps(), null);
    return new Trainer(task, optimizer, lesson.plan(), folder, lesson.seed())
        .requiring(lesson.fingerprint())
        .run(resume, stop, new BothListeners(record, listener));
  }

  /** Where the weights of a finished run come from: the command and what it took. */
  ObjectNode provenance(Trainer.Outcome outcome) {
    ObjectNode provenance =
        WireJson.object()
            .put("command", "farm train " + name.stage() + " --cascade " + name.cascade())
            .put("steps", outcome.steps())
            .put("seconds", Math.round(outcome.seconds()));
    Trainer.Validation best = outcome.best();
    return best == null ? provenance : provenance.put("validation_loss", best.loss());
  }
}
