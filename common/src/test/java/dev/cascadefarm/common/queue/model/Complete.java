package dev.cascadefarm.common.queue.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.job.Progress;
import dev.cascadefarm.common.job.TaskState;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.queue.JobEvent;
import dev.cascadefarm.common.queue.TaskQueue.Completion;
import dev.cascadefarm.common.queue.TaskQueue.ReportResult;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Results for the picked leases, reported together, with some warnings each. */
record Complete(List<Pick> picks, int rows, int warnings) implements Command {
  @Override
  public void run(Trial trial) {
    List<Completion> completions =
        picks.stream().map(pick -> completion(pick.of(trial.model))).toList();
    trial.expect(
        "complete %s, %d rows, %d warnings each".formatted(words(completions), rows, warnings),
        completions.stream().map(each -> answer(trial.model, each)).toList(),
        () -> trial.queue.tasks().complete(completions));
  }

  private static String words(List<Completion> completions) {
    return completions.stream()
        .map(each -> each.id() + " under " + each.nonce())
        .collect(Collectors.joining(", "));
  }

  private Completion completion(Lease lease) {
    return new Completion(
        lease.task(),
        lease.worker(),
        lease.nonce(),
        "manifest-of-" + lease.task() + "-" + lease.nonce(),
        rows,
        Collections.nCopies(warnings, "what is \"ü\"?"));
  }

  static ReportResult answer(Model model, Completion completion) {
    ModelTask task = model.task(completion.id());
    if (task == null) {
      return ReportResult.STALE;
    } else if (task.endedUnder(completion.nonce(), ModelTask.Ending.DONE)) {
      return ReportResult.ALREADY;
    } else if (task.endedUnder(completion.nonce(), ModelTask.Ending.CANCELLED)) {
      return ReportResult.CANCELLED;
    } else if (!task.leasedUnder(completion.nonce())) {
      return ReportResult.STALE;
    } else if (!task.job.live()) {
      model.drop(task);
      return ReportResult.CANCELLED;
    }
    commit(model, task, completion);
    return ReportResult.OK;
  }

  private static void commit(Model model, ModelTask task, Completion completion) {
    ModelJob job = task.job;
    model.unlease(task, ModelTask.Ending.DONE, TaskState.DONE);
    ModelBundle queue = model.queue(task.stage.bundle());
    if (queue.brokenSince != null) {
      queue.brokenSince = null;
      queue.broken.clear();
    }
    task.manifest = completion.manifest();
    task.error = null;
    if (completion.rows() > 0) {
      task.progress = new Progress(completion.rows(), completion.rows());
    }
    model.emit(
        job,
        JobEvent.TASK_COMPLETED,
        task,
        "rows",
        completion.rows(),
        "worker",
        String.valueOf(task.worker));
    warn(model, task, completion.warnings());
    if (task.stage.equals(job.stages.get(job.stages.size() - 1))) {
      int image = task.id.image();
      boolean all = task.stage.wholeJob();
      IntStream.range(all ? 0 : image, all ? job.submission.spec().n() : image + 1)
          .forEach(finished -> picture(model, task, finished));
    }
    model.handOver(task);
    model.close(job);
  }

  private static void warn(Model model, ModelTask task, List<String> warnings) {
    if (!warnings.isEmpty()) {
      task.job.warnings.addAll(warnings);
      ObjectNode data = WireJson.object();
      warnings.forEach(data.putArray("warnings")::add);
      model.log(task.job, task.job.event(model.now, JobEvent.JOB_WARNING, task, data));
    }
  }

  private static void picture(Model model, ModelTask task, int image) {
    model.log(
        task.job,
        new JobEvent(
            JobEvent.VERSION,
            task.job.events.size() + 1L,
            JobEvent.IMAGE_COMPLETED,
            model.now,
            task.job.id(),
            task.stage.name(),
            image,
            null,
            null));
  }
}
