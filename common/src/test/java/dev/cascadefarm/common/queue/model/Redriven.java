package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.job.TaskId;
import dev.cascadefarm.common.job.TaskState;
import dev.cascadefarm.common.queue.JobEvent;
import dev.cascadefarm.common.queue.QueueControl.Redrive;
import java.util.List;

/** A dead task taken up again, or ({@code other} is 1) any task. */
record Redriven(int index, int other) implements Command {
  private static final String BY = "somebody";

  @Override
  public void run(Trial trial) {
    Model model = trial.model;
    List<ModelTask> dead = model.tasks(TaskState.DEAD).toList();
    List<ModelTask> from = other == 1 || dead.isEmpty() ? model.tasks().toList() : dead;
    TaskId id =
        from.isEmpty()
            ? new TaskId("j0", "text", TaskId.WHOLE_JOB)
            : from.get(index % from.size()).id;
    trial.expect("redrive " + id, answer(model, id), () -> trial.queue.control().redrive(id, BY));
  }

  private static Redrive answer(Model model, TaskId id) {
    ModelTask task = model.task(id);
    if (task == null || task.state != TaskState.DEAD) {
      return Redrive.NONE;
    }
    ModelJob job = task.job;
    if (job.state != JobState.FAILED || job.open() > 0 || job.sweepFrom >= 0) {
      return Redrive.ENDING;
    }
    job.state = JobState.RUNNING;
    job.finished = 0;
    job.error = null;
    model.log(
        job,
        new JobEvent(
            JobEvent.VERSION,
            job.events.size() + 1L,
            JobEvent.JOB_REDRIVEN,
            model.now,
            job.id(),
            task.stage.name(),
            null,
            null,
            Model.data("by", BY)));
    job.stages.forEach(stage -> stage.tasks().forEach(image -> again(model, job, stage, image)));
    model.note(BY, "redrive", "task " + id, "");
    return Redrive.OK;
  }

  private static void again(Model model, ModelJob job, ModelStage stage, int image) {
    TaskId id = job.task(stage, image);
    ModelTask task = job.tasks.get(id);
    if (task != null && task.state == TaskState.DONE) {
      return;
    }
    int waits =
        job.before(stage).stream().mapToInt(before -> missing(job, before, stage, image)).sum();
    if (waits > 0) {
      job.tasks.remove(id);
      job.blocked.put(id, waits);
    } else {
      if (task != null) {
        task.forgive();
      }
      model.appear(job, stage, image);
    }
  }

  private static int missing(ModelJob job, ModelStage before, ModelStage stage, int image) {
    int count = 0;
    for (int other : before.before(stage, image)) {
      ModelTask task = job.tasks.get(job.task(before, other));
      count += task != null && task.state == TaskState.DONE ? 0 : 1;
    }
    return count;
  }
}
