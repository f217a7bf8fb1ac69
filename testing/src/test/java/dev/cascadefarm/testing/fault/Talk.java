package dev.cascadefarm.testing.fault;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A client that says PING and reads lines; it waits for none longer than five seconds. */
final class Talk implements AutoCloseable {
  static final byte[] REQUEST = "*1\r\n$4\r\nPING\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int TIMEOUT_MILLIS = 5_000;

  private final Socket socket;
  private final BufferedReader replies;

  Talk(String url) throws IOException {
    URI uri = URI.create(url);
    socket = new Socket(uri.getHost(), uri.getPort());
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    replies =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
  }

  @Nullable String ask() throws IOException {
    say();
    return hear();
  }

  void say() throws IOException {
    socket.getOutputStream().write(REQUEST);
  }

  @Nullable String hear() throws IOException {
    return replies.readLine();
  }

  void waitAtMost(int millis) throws IOException {
    socket.setSoTimeout(millis);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
