package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.train.Trainer.Report;
import dev.cascadefarm.diffusion.train.Trainer.Validation;
import dev.cascadefarm.diffusion.train.TrainingListener;
import dev.cascadefarm.standalone.progress.TrainingProgress;
import java.util.Map;
import java.util.function.Supplier;

/** Shows a training's steps and validations on the screen. */
record ShownProgress(TrainingProgress progress) implements TrainingListener {
  @Override
  public void stepped(Report report, Supplier<Map<String, HostTensor>> weights) {
    progress.show(
        new TrainingProgress.Step(
            report.step(), report.steps(), report.loss(), report.batch(), report.seconds()));
  }

  @Override
  public void validated(
      Validation validation, boolean best, Supplier<Map<String, HostTensor>> weights) {
    progress.judge(validation.loss());
  }
}
