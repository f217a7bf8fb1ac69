package dev.cascadefarm.embedded;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Sends inline commands to an embedded Redis and returns the first line of each reply. */
final class RedisClient implements AutoCloseable {

  private final Socket socket;
  private final BufferedReader replies;

  private RedisClient(Socket socket, BufferedReader replies) {
    this.socket = socket;
    this.replies = replies;
  }

  static RedisClient connect(int port) throws IOException {
    Socket socket = new Socket(Loopback.address(), port);
    socket.setSoTimeout(5_000);
    return new RedisClient(
        socket,
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII)));
  }

  static RedisClient connect(EmbeddedRedis redis) throws IOException {
    RedisClient client = connect(redis.port());
    client.ask("AUTH " + redis.password());
    return client;
  }

  String ask(String command) throws IOException {
    socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
    String reply = replies.readLine();
    return reply.startsWith("$") && !reply.equals("$-1") ? replies.readLine() : reply;
  }

  /** Returns the value of a setting of the server. */
  String setting(String name) throws IOException {
    ask("CONFIG GET " + name);
    replies.readLine();
    replies.readLine();
    replies.readLine();
    return replies.readLine();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
