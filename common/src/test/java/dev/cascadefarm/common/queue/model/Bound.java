package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.cascade.BundleId;
import java.util.OptionalInt;

/** How many tasks of a bundle may run at once; 0 for no bound. */
record Bound(int bundle, int most) implements Command {
  private static final String BY = "somebody";

  @Override
  public void run(Trial trial) {
    Model model = trial.model;
    BundleId id = Names.BUNDLES.get(bundle);
    boolean known = model.bundles.containsKey(id.toString());
    if (known) {
      model.queue(id.toString()).most = most == 0 ? null : most;
      model.hints.add(id.toString());
      model.note(BY, "cap", "stage " + id, most == 0 ? "" : Integer.toString(most));
    }
    OptionalInt bound = most == 0 ? OptionalInt.empty() : OptionalInt.of(most);
    trial.expect(
        "bound %s to %s".formatted(id, bound),
        known,
        () -> trial.queue.control().bound(id, bound, BY));
  }
}
