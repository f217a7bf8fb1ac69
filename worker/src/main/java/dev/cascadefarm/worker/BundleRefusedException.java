package dev.cascadefarm.worker;

/** A bundle that a worker must not serve; the message names it and says why. */
public final class BundleRefusedException extends RuntimeException {
  private final boolean mayPass;

  BundleRefusedException(String message, boolean mayPass) {
    super(message);
    this.mayPass = mayPass;
  }

  /** Whether waiting may help: the bundle is not registered yet. */
  boolean mayPass() {
    return mayPass;
  }
}
