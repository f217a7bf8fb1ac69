package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.job.Progress;
import dev.cascadefarm.common.job.TaskId;
import dev.cascadefarm.common.queue.TaskQueue.Renewal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Leases extended: the picked one, or ({@code all} is 1) every one that its worker holds.
 *
 * @param progress rows of 4 that it reports; 0 for no report
 */
record Renew(Pick pick, int all, int progress) implements Command {
  @Override
  public void run(Trial trial) {
    Model model = trial.model;
    Lease picked = pick.of(model);
    List<Lease> leases = new ArrayList<>(List.of(picked));
    if (all == 1) {
      model.leases.stream()
          .filter(lease -> lease.worker().equals(picked.worker()) && !lease.equals(picked))
          .filter(lease -> Pick.holds(model, lease))
          .forEach(leases::add);
    }
    Progress reported = progress == 0 ? null : new Progress(progress, 4);
    List<Renewal> renewals = new ArrayList<>();
    Map<TaskId, Renewal.Answer> answers = new LinkedHashMap<>();
    for (Lease lease : leases) {
      Renewal renewal = new Renewal(lease.task(), lease.nonce(), reported);
      renewals.add(renewal);
      answers.put(lease.task(), answer(model, renewal));
    }
    trial.expect(
        "renew " + renewals, answers, () -> trial.queue.tasks().renew(picked.worker(), renewals));
  }

  private static Renewal.Answer answer(Model model, Renewal renewal) {
    ModelTask task = model.task(renewal.id());
    if (task == null || !task.leasedUnder(renewal.nonce())) {
      return Renewal.Answer.LOST;
    }
    task.started = true;
    if (renewal.progress() != null) {
      task.progress = renewal.progress();
    }
    if (!task.job.live()) {
      return Renewal.Answer.CANCEL;
    } else if (model.now > task.deadline) {
      return Renewal.Answer.DEADLINE;
    }
    task.leaseUntil = model.now + model.config.leases().length().toMillis();
    return Renewal.Answer.OK;
  }
}
