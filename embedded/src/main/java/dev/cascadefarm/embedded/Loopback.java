package dev.cascadefarm.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/** The only interface that embedded services listen on. */
final class Loopback {

  static final String HOST = "127.0.0.1";
  static final int MAX_PORT = 65_535;

  private Loopback() {}

  /** Returns the address of {@link #HOST}; unlike the JDK's choice, never that of IPv6. */
  static InetAddress address() throws UnknownHostException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
  }

  /** Returns a port that was free a moment ago; another process may take it meanwhile. */
  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, address())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new EmbeddedException("no free port on " + HOST, e);
    }
  }

  /** Returns the port if it is 0 (any free one) or a real one. */
  static int requirePort(int port) {
    if (port < 0 || port > MAX_PORT) {
      throw new IllegalArgumentException(
          "port: %d (expected: 0 to %d, 0 for any free one)".formatted(port, MAX_PORT));
    }
    return port;
  }
}
