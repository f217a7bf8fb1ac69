package dev.cascadefarm.standalone.train;

import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.train.Trainer.Report;
import dev.cascadefarm.diffusion.train.Trainer.Validation;
import dev.cascadefarm.diffusion.train.TrainingListener;
import java.util.Map;
import java.util.function.Supplier;

/** Tells one listener, then the other. */
record BothListeners(TrainingListener one, TrainingListener other) implements TrainingListener {
  @Override
  public void stepped(Report report, Supplier<Map<String, HostTensor>> weights) {
    one.stepped(report, weights);
    other.stepped(report, weights);
  }

  @Override
  public void validated(
      Validation validation, boolean best, Supplier<Map<String, HostTensor>> weights) {
    one.validated(validation, best, weights);
    other.validated(validation, best, weights);
  }

  @Override
  public void saved(long step, Supplier<Map<String, HostTensor>> weights) {
    one.saved(step, weights);
    other.saved(step, weights);
  }
}
