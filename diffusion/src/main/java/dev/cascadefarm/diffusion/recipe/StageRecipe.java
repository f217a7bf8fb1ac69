package dev.cascadefarm.diffusion.recipe;

import dev.cascadefarm.diffusion.train.OptimizerConfig;
import dev.cascadefarm.diffusion.train.OptimizerConfig.Kind;
import dev.cascadefarm.diffusion.train.TrainingPlan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How one stage is made; it encodes captions, or it draws.
 *
 * @param text absent for a stage that draws
 * @param unet absent for the stage that encodes captions
 * @param batch examples in a batch
 * @param plan how the run goes along
 * @param validationBatches most batches to judge by
 * @param keepsBest whether the weights that did best in validation are installed, not the last
 * @param sampleEvery steps between two looks at pictures and curves; 0 for none
 * @param optimizer also says how many steps
 */
public record StageRecipe(
    String name,
    @Nullable TextRecipe text,
    @Nullable UnetRecipe unet,
    int batch,
    TrainingPlan plan,
    int validationBatches,
    boolean keepsBest,
    int sampleEvery,
    OptimizerConfig optimizer) {
  private static final String NAME_FORM = "[a-z0-9][a-z0-9-]{0,14}";
  private static final int MOST = 1 << 16;
  private static final int MOST_STEPS = 1 << 30;

  /** Whether there is nothing to teach. */
  public boolean taught() {
    return text == null || text instanceof TextRecipe.Taught;
  }

  /**
   * Reads a stage.
   *
   * @param lowresSide side of the stage before; 0 if there is none
   */
  static StageRecipe read(Section from, Path base, int lowresSide) {
    String name = from.text("name");
    if (!name.matches(NAME_FORM)) {
      throw from.refused("name", name, "1 to 15 of a-z, 0-9 and -");
    }
    boolean encodes = from.has("text");
    TextRecipe text = encodes ? text(from.section("text"), base) : null;
    StageRecipe stage =
        new StageRecipe(
            name,
            text,
            encodes ? null : UnetRecipe.read(from, lowresSide),
            from.integer("batch", 32, 1, MOST),
            plan(from),
            from.integer("validation_batches", 8, 1, MOST),
            from.choice("install", "last", Set.of("last", "best")).equals("best"),
            from.integer("sample_every", 500, 0, MOST_STEPS),
            text == null || text instanceof TextRecipe.Taught
                ? optimizer(from.section("optimizer"))
                : untaught());
    if (stage.keepsBest() && stage.plan().validateEvery() == 0) {
      throw from.refused("install", "best", "last, where validate_every is 0");
    }
    from.requireNoOthers();
    return stage;
  }

  private static TextRecipe text(Section from, Path base) {
    TextRecipe text = TextRecipe.read(from, base);
    from.requireNoOthers();
    return text;
  }

  private static TrainingPlan plan(Section from) {
    return new TrainingPlan(
        from.integer("accumulate", 1, 1, MOST),
        from.integer("micro_batch", 0, 0, MOST),
        from.integer("validate_every", 0, 0, MOST_STEPS),
        Duration.ofSeconds(from.integer("checkpoint_seconds", 120, 0, 86_400)));
  }

  private static OptimizerConfig untaught() {
    return new OptimizerConfig(0, 0, 0, 1, 0, 0, 0, 1, 0);
  }

  static OptimizerConfig optimizer(Section from) {
    OptimizerConfig optimizer =
        from.make(
            () ->
                new OptimizerConfig(
                    from.number("learning_rate", 1e-3, 0, 1),
                    from.integer("warmup_steps", 0, 0, MOST_STEPS),
                    from.integer("steps", 0, MOST_STEPS),
                    floor(from),
                    from.number("beta1", 0.9, 0, 1),
                    from.number("beta2", 0.99, 0, 1),
                    from.number("weight_decay", 0.01, 0, 1),
                    from.number("clip_norm", 1, 0, 1e9),
                    from.number("ema_decay", 0.998, 0, 1),
                    from.choice("kind", "adamw", Set.of("adam", "adamw")).equals("adam")
                        ? Kind.ADAM
                        : Kind.ADAMW));
    from.requireNoOthers();
    return optimizer;
  }

  /** A constant rate is a cosine that falls to all of its peak. */
  private static double floor(Section from) {
    boolean constant =
        from.choice("schedule", "cosine", Set.of("cosine", "constant")).equals("constant");
    if (constant && from.has("floor")) {
      throw from.refused("floor", from.tree("floor"), "nothing: the schedule is constant");
    }
    return constant ? 1 : from.number("floor", 0.02, 0, 1);
  }
}
