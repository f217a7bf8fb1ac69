package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.job.PlannedStage;
import dev.cascadefarm.common.job.TaskId;
import java.util.List;
import java.util.stream.IntStream;

/** A stage of a job of the model, and which images it has tasks for. */
record ModelStage(PlannedStage plan, int images) {
  String name() {
    return plan.name();
  }

  String bundle() {
    return plan.bundle().toString();
  }

  boolean wholeJob() {
    return plan.per() == StageBundle.Per.JOB;
  }

  /** The images of its tasks, or the one that stands for the whole job. */
  List<Integer> tasks() {
    return wholeJob() ? List.of(TaskId.WHOLE_JOB) : IntStream.range(0, images).boxed().toList();
  }

  /** Those of its tasks that a task of {@code after} for {@code image} builds on. */
  List<Integer> before(ModelStage after, int image) {
    boolean same = !wholeJob() && !after.wholeJob();
    return same ? List.of(image) : tasks();
  }
}
