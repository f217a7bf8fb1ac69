package dev.cascadefarm.common.queue.model;

import java.util.List;

/** The product's own audit, which must find nothing. */
record Audited() implements Command {
  @Override
  public void run(Trial trial) {
    trial.expectReadInTurn(
        "audit", List.of(), () -> trial.queue.audit().audit(false).map(found -> found.findings()));
  }
}
