package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.cascade.BundleId;

/** A bundle made known, under its digest or ({@code foreign} is 1) another. */
record Register(int bundle, int foreign) implements Command {
  @Override
  public void run(Trial trial) {
    BundleId id = Names.BUNDLES.get(bundle);
    String digest = foreign == 1 ? "another" : Names.digest(id);
    String first = trial.model.bundles.putIfAbsent(id.toString(), digest);
    trial.expect(
        "register %s %s".formatted(id, digest),
        first == null || first.equals(digest),
        () -> trial.queue.jobs().register(id, digest));
  }
}
