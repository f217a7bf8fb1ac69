package dev.cascadefarm.common.queue;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * A process of the farm among all machines.
 *
 * @param host name of the machine
 */
public record ProcessName(String host, long pid) {
  /** The one that asks. */
  public static ProcessName current() {
    return new ProcessName(hostName(), ProcessHandle.current().pid());
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown";
    }
  }

  /**
   * Reads what {@link #toString} wrote.
   *
   * @throws IllegalArgumentException if it is nothing of the kind
   */
  public static ProcessName parse(String text) {
    int slash = text.lastIndexOf('/');
    try {
      return new ProcessName(text.substring(0, slash), Long.parseLong(text.substring(slash + 1)));
    } catch (IndexOutOfBoundsException | NumberFormatException e) {
      throw new IllegalArgumentException("process: '" + text + "' (expected: HOST/PID)", e);
    }
  }

  @Override
  public String toString() {
    return host + "/" + pid;
  }
}
