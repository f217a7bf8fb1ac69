package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.queue.QueueControl;
import dev.cascadefarm.common.queue.QueueControl.Target;
import java.util.Comparator;
import java.util.List;

/**
 * A stage or a tenant paused, or resumed.
 *
 * @param place a tenant, or after those a bundle
 * @param resume 1: resumed
 */
record Pause(int place, int resume) implements Command {
  private static final String BY = "somebody";
  private static final String REASON = "a reason";

  @Override
  public void run(Trial trial) {
    int tenants = Names.TENANTS.size();
    boolean known =
        place < tenants
            ? tenant(trial.model, Names.TENANTS.get(place))
            : stage(trial.model, Names.BUNDLES.get(place - tenants).toString());
    Target target =
        place < tenants
            ? new Target.Tenant(Names.TENANTS.get(place))
            : new Target.Stage(Names.BUNDLES.get(place - tenants));
    QueueControl control = trial.queue.control();
    trial.expect(
        (resume == 1 ? "resume " : "pause ") + target,
        known,
        () -> resume == 1 ? control.resume(target, BY) : control.pause(target, REASON, BY));
  }

  private boolean tenant(Model model, String name) {
    if (!model.tenants.containsKey(name)) {
      return false;
    }
    model.tenant(name).paused = resume == 1 ? null : REASON;
    model.bundles.keySet().forEach(bundle -> model.sync(bundle, name));
    note(model, "tenant " + name, model.bundles.keySet().stream().toList());
    return true;
  }

  private boolean stage(Model model, String bundle) {
    if (!model.bundles.containsKey(bundle)) {
      return false;
    }
    model.queue(bundle).paused = resume == 1 ? null : REASON;
    model.tenants.keySet().stream()
        .sorted(
            Comparator.<String>comparingDouble(name -> model.rings.reached(bundle, name))
                .thenComparing(name -> name))
        .forEach(name -> model.sync(bundle, name));
    note(model, "stage " + BundleId.parse(bundle), List.of(bundle));
    return true;
  }

  private void note(Model model, String target, List<String> bundles) {
    if (resume == 1) {
      model.hints.addAll(bundles);
    }
    model.note(BY, resume == 1 ? "resume" : "pause", target, resume == 1 ? "" : REASON);
  }
}
