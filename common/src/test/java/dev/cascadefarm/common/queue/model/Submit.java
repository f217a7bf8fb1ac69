package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.job.JobPlan;
import dev.cascadefarm.common.job.PlannedStage;
import dev.cascadefarm.common.queue.JobQueue.Submission;
import dev.cascadefarm.common.queue.JobQueue.SubmitResult;
import dev.cascadefarm.common.queue.JobQueue.SubmitResult.Bound;
import dev.cascadefarm.common.queue.JobQueue.SubmitResult.Outcome;
import dev.cascadefarm.common.queue.QueueRefusedException;
import dev.cascadefarm.common.queue.TenantLimits;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
    String fresh = "j" + (model.made + 1);
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
    Model.Key known = submission.idempotencyKey() == null ? null : model.keys.get(key);
    if (known != null) {
      return earlier(known.digest().equals(submission.digest()), known.job());
    }
    ModelJob same = model.jobs.get(submission.job());
    if (same != null) {
      boolean equal =
          same.tenant().equals(submission.tenant())
              && same.submission.digest().equals(submission.digest());
      return earlier(equal, same.id());
    }
    for (PlannedStage stage : submission.plan().stages()) {
      String digest = model.bundles.get(stage.bundle().toString());
      if (digest != null && !digest.equals(stage.digest())) {
        return QueueRefusedException.Reason.WRONG_BUNDLE;
      }
    }
    SubmitResult.Limit limit = limit(model, submission);
    if (limit != null) {
      return new SubmitResult(Outcome.LIMIT, submission.job(), limit);
    }
    ModelJob job = model.create(submission);
    if (submission.idempotencyKey() != null) {
      model.keys.put(key, new Model.Key(job.id(), submission.digest()));
    }
    return new SubmitResult(Outcome.CREATED, job.id(), null);
  }

  private static SubmitResult earlier(boolean same, String job) {
    return new SubmitResult(same ? Outcome.REPLAYED : Outcome.CONFLICT, job, null);
  }

  /** What stands in the way; if nothing does, one submission of its tenant is used up. */
  private static SubmitResult.@Nullable Limit limit(Model model, Submission submission) {
    ModelTenant tenant = model.tenants.getOrDefault(submission.tenant(), new ModelTenant());
    int backlog = model.backlog(submission.tenant());
    Integer own = tenant.limits.backlog();
    int most = own == null ? model.config.limits().backlog() : own;
    if (backlog + new ModelJob(submission, 0, 0, 0).size() > most) {
      return new SubmitResult.Limit(Bound.BACKLOG, backlog + " of " + most, Duration.ofSeconds(5));
    }
    TenantLimits.Rate rate = tenant.limits.rate();
    if (rate == null) {
      return null;
    }
    double before = tenant.tokens == null ? rate.burst() : tenant.tokens;
    double grown =
        tenant.tokens == null ? 0 : (model.now - tenant.refilled) / 1000.0 * rate.perSecond();
    double left = Math.min(rate.burst(), before + grown) - 1;
    if (left < 0) {
      long retryMs = (long) Math.ceil(-left / rate.perSecond() * 1000);
      return new SubmitResult.Limit(
          Bound.RATE, rate.perSecond() + " per second", Duration.ofMillis(retryMs));
    }
    tenant.tokens = left;
    tenant.refilled = model.now;
    return null;
  }
}
