package dev.cascadefarm.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One question to a Redis on the loopback interface: does it take our password and serve? */
final class RedisProbe {

  private static final int TIMEOUT_MILLIS = 1_000;

  private RedisProbe() {}

  /** Returns whether the Redis at the port accepts the password and answers PING. */
  static boolean answers(int port, String password) {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.connect(new InetSocketAddress(Loopback.address(), port), TIMEOUT_MILLIS);
      String question = "AUTH " + password + "\r\nPING\r\n";
      socket.getOutputStream().write(question.getBytes(StandardCharsets.US_ASCII));
      BufferedReader replies =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      return "+OK".equals(replies.readLine()) && "+PONG".equals(replies.readLine());
    } catch (IOException notYet) {
      return false;
    }
  }
}
