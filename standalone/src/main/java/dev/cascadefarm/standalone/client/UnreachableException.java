package dev.cascadefarm.standalone.client;

/** No coordinator answered for as long as the client is willing to wait. */
public final class UnreachableException extends RuntimeException {
  UnreachableException(FarmServers servers, Throwable last) {
    super(
        "no coordinator answers at "
            + servers.addresses()
            + " ("
            + reason(last)
            + "; expected: a running farm)",
        last);
  }

  private static String reason(Throwable last) {
    return last.getMessage() == null ? last.getClass().getSimpleName() : last.getMessage();
  }
}
