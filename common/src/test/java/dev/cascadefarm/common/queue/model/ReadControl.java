package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.job.TaskState;
import dev.cascadefarm.common.queue.QueueControl;
import dev.cascadefarm.common.queue.QueueControl.ActionPage;
import dev.cascadefarm.common.queue.QueueControl.DeadPage;
import dev.cascadefarm.common.queue.QueueControl.DeadTask;
import dev.cascadefarm.common.queue.QueueControl.StageState;
import dev.cascadefarm.common.queue.QueueControl.TenantState;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** All that operators can read. */
record ReadControl(int limit) implements Command {
  @Override
  public void run(Trial trial) {
    QueueControl control = trial.queue.control();
    Model model = trial.model;
    trial.expectReadInTurn(
        "list tenants", tenants(model), () -> control.tenants().map(HashSet::new));
    trial.expectReadInTurn("list stages", stages(model), () -> control.stages().map(HashSet::new));
    trial.expectRead(
        "list actions", new ActionPage(model.actions, null), () -> control.actions("", 1_000));
    dead(trial);
  }

  private void dead(Trial trial) {
    List<ModelTask> dead =
        trial
            .model
            .tasks(TaskState.DEAD)
            .sorted(Comparator.<ModelTask>comparingInt(task -> task.deadSequence).reversed())
            .toList();
    String cursor = "";
    for (int from = 0; from == 0 || from < dead.size(); from += limit) {
      List<ModelTask> page = dead.subList(from, Math.min(dead.size(), from + limit));
      boolean last = from + limit >= dead.size();
      String next = last ? null : Integer.toString(page.get(limit - 1).deadSequence);
      String here = cursor;
      trial.expectRead(
          "list %d dead from '%s'".formatted(limit, here),
          new DeadPage(page.stream().map(ReadControl::dead).toList(), next, dead.size()),
          () -> trial.queue.control().dead(here, limit));
      cursor = next == null ? "" : next;
    }
  }

  private static DeadTask dead(ModelTask task) {
    return new DeadTask(
        task.id,
        task.job.tenant(),
        task.stage.plan().bundle(),
        task.kind,
        String.valueOf(task.error),
        task.died,
        task.attempt,
        task.failures,
        task.stalls,
        task.lost);
  }

  private static Set<TenantState> tenants(Model model) {
    return model.tenants.entrySet().stream()
        .map(
            tenant ->
                new TenantState(
                    tenant.getKey(),
                    tenant.getValue().limits,
                    model.backlog(tenant.getKey()),
                    tenant.getValue().paused))
        .collect(Collectors.toSet());
  }

  private static Set<StageState> stages(Model model) {
    return model.bundles.keySet().stream()
        .map(bundle -> stage(model, bundle))
        .collect(Collectors.toSet());
  }

  private static StageState stage(Model model, String bundle) {
    Map<String, Long> ready = new HashMap<>();
    for (String tenant : model.tenants.keySet()) {
      long count = model.ready(bundle, tenant).size();
      if (count > 0) {
        ready.put(tenant, count);
      }
    }
    ModelBundle queue = model.queue(bundle);
    return new StageState(
        BundleId.parse(bundle),
        model.timed(bundle, TaskState.LEASED, task -> 0).size(),
        model.timed(bundle, TaskState.DELAYED, task -> 0).size(),
        ready,
        queue.paused,
        queue.most,
        queue.brokenSince,
        queue.secondsPerTask);
  }
}
