package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.job.JobPlan;
import dev.cascadefarm.common.job.PlannedStage;
import dev.cascadefarm.common.queue.JobQueue.Submission;
import dev.cascadefarm.common.queue.JobQueue.SubmitResult;
import dev.cascadefarm.common.queue.JobQueue.SubmitResult.Outcome;
import dev.cascadefarm.common.queue.QueueRefusedException;
import java.util.List;

/**
 * A fresh job, or one that claims to be.
 *
 * @param key idempotency key, 0 for none
 * @param body which of two requests it carries
 * @param again 1: under the id of an earlier job
 * @param foreign 1: with another digest for its last bundle
 */
record Submit(
    int tenant, int plan, int images, int priority, int key, int body, int again, int foreign)
    implements Command {
  @Override
  public void run(Trial trial) {
    Submission submission = submission(trial.model);
    String call =
        "submit %s of %s: plan %d, %d images, priority %d, key %s, %s"
            .formatted(
                submission.job(),
                submission.tenant(),
                plan,
                images,
                priority,
                submission.idempotencyKey(),
                submission.digest());
    trial.expect(
        call, answer(trial.model, submission), () -> trial.queue.jobs().submit(submission));
  }

  private Submission submission(Model model) {
    List<String> known = List.copyOf(model.jobs.keySet());
    String fresh = "j" + (known.size() + 1);
    return new Submission(
        Names.TENANTS.get(tenant),
        again == 1 && !known.isEmpty() ? known.get(known.size() - 1) : fresh,
        key == 0 ? null : "k" + key,
        "body-" + body,
        priority,
        Names.spec(images),
        foreign == 1 ? foreign(Names.PLANS.get(plan)) : Names.PLANS.get(plan));
  }

  private static JobPlan foreign(JobPlan plan) {
    List<PlannedStage> stages = new java.util.ArrayList<>(plan.stages());
    PlannedStage last = stages.remove(stages.size() - 1);
    stages.add(
        new PlannedStage(
            last.name(), last.bundle(), "another", last.per(), last.inputs(), last.after()));
    return new JobPlan(stages);
  }

  private static Object answer(Model model, Submission submission) {
    String key = submission.tenant() + " " + submission.idempotencyKey();
    ModelJob earlier =
        submission.idempotencyKey() != null && model.keys.containsKey(key)
            ? model.keys.get(key)
            : model.jobs.get(submission.job());
    if (earlier != null) {
      boolean same =
          earlier.tenant().equals(submission.tenant())
              && earlier.submission.digest().equals(submission.digest());
      return new SubmitResult(same ? Outcome.REPLAYED : Outcome.CONFLICT, earlier.id());
    }
    for (PlannedStage stage : submission.plan().stages()) {
      String known = model.bundles.get(stage.bundle().toString());
      if (known != null && !known.equals(stage.digest())) {
        return QueueRefusedException.Reason.WRONG_BUNDLE;
      }
    }
    int size = new ModelJob(submission, 0, 0, 0).size();
    if (model.backlog(submission.tenant()) + size > model.config.limits().backlog()) {
      return new SubmitResult(Outcome.LIMIT, submission.job());
    }
    ModelJob job = model.create(submission);
    if (submission.idempotencyKey() != null) {
      model.keys.put(key, job);
    }
    return new SubmitResult(Outcome.CREATED, job.id());
  }
}
