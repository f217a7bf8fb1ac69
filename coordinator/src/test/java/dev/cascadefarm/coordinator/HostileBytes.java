package dev.cascadefarm.coordinator;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.random.RandomGenerator;

/** What is said to the port without being a request, or after the upgrade to a WebSocket. */
final class HostileBytes {
  private static final int PATIENCE_MS = 20_000;
  private static final List<String> LINES =
      List.of(
          "*1\r\n$4\r\nPING\r\n",
          "GET / HTTP/9.9\r\n\r\n",
          "GET /v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
          "POST /v1/jobs HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
          """
          POST /v1/jobs HTTP/1.1\r
          Host: x\r
          Content-Length: 4\r
          Transfer-Encoding: chunked\r
          \r
          zz\r
          """,
          "POST /v1/jobs HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffff\r\n",
          "GET /v1/jobs\u0000 HTTP/1.1\r\nHost: x\r\n\r\n",
          "GET /" + "a".repeat(20_000) + " HTTP/1.1\r\n\r\n",
          "GET / HTTP/1.1\r\nX: " + "b".repeat(1 << 20) + "\r\n\r\n",
          "GET / HTTP/1.1\r\n" + "Y: c\r\n".repeat(50_000) + "\r\n",
          "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
          "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001",
          "\r\n".repeat(1_000),
          "");

  private final RandomGenerator random;
  private final int port;
  private final String upgrade;

  /**
   * Bytes for a port.
   *
   * @param events path of a job's events
   */
  HostileBytes(RandomGenerator random, int port, String events, String token) {
    this.random = random;
    this.port = port;
    this.upgrade =
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\n"
                .formatted(events, port, token)
            + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  }

  byte[] next() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    if (random.nextBoolean()) {
      bytes.writeBytes(LINES.get(random.nextInt(LINES.size())).getBytes(StandardCharsets.UTF_8));
      if (random.nextInt(4) == 0) {
        bytes.writeBytes(noise(500));
      }
    } else {
      bytes.writeBytes(upgrade.getBytes(StandardCharsets.UTF_8));
      frames(bytes);
    }
    return bytes.toByteArray();
  }

  private void frames(ByteArrayOutputStream bytes) {
    switch (random.nextInt(6)) {
      case 0 -> bytes.writeBytes(noise(200));
      case 1 -> frame(bytes, 0x81, noise(60_000)); // text that is not UTF-8
      case 2 -> bytes.writeBytes(new byte[] {(byte) 0x82, (byte) 0xFF, 0x7F, 0, 0, 0, 0, 0, 0, 0});
      case 3 -> bytes.writeBytes(new byte[] {(byte) 0x81, 2, 'h', 'i'}); // not masked
      case 4 -> frame(bytes, 0x80, noise(20)); // goes on with nothing
      default -> {
        for (int i = 0; i < 1_000; i++) {
          frame(bytes, 0x89, new byte[0]);
        }
      }
    }
  }

  /** A frame under a mask of zeros. */
  private static void frame(ByteArrayOutputStream bytes, int head, byte[] payload) {
    bytes.write(head);
    if (payload.length < 126) {
      bytes.write(0x80 | payload.length);
    } else {
      bytes.writeBytes(
          new byte[] {(byte) 0xFE, (byte) (payload.length >> 8), (byte) payload.length});
    }
    bytes.writeBytes(new byte[4]);
    bytes.writeBytes(payload);
  }

  private byte[] noise(int most) {
    byte[] bytes = new byte[random.nextInt(most)];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Says that, says no more, and hears the server out until it closes. */
  String exchange(byte[] said) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(PATIENCE_MS);
      say(socket, said);
      return hear(socket);
    }
  }

  private static void say(Socket socket, byte[] said) {
    try {
      OutputStream out = socket.getOutputStream();
      out.write(said);
      socket.shutdownOutput();
    } catch (IOException e) {
      // the server had heard enough
    }
  }

  private static String hear(Socket socket) throws IOException {
    try {
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (java.net.SocketTimeoutException e) {
      throw new AssertionError("connection: open (expected: closed by the server)", e);
    } catch (IOException e) {
      return ""; // reset
    }
  }
}
