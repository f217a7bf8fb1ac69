package dev.cascadefarm.common.cascade;

import dev.cascadefarm.common.schema.Fault;
import java.util.List;

/** A request that its cascade cannot serve; every fault names field, value and expectation. */
public final class InvalidRequestException extends RuntimeException {
  private final transient List<Fault> faults;

  public InvalidRequestException(List<Fault> faults) {
    super(Fault.describe(faults));
    this.faults = List.copyOf(faults);
  }

  /** What is wrong, at least one. */
  public List<Fault> faults() {
    return faults;
  }
}
