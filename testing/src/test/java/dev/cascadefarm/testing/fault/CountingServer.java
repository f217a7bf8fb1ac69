package dev.cascadefarm.testing.fault;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that reads one-word commands of Redis and answers how many it has read. */
final class CountingServer implements AutoCloseable {
  final AtomicInteger requests = new AtomicInteger();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ServerSocket server;

  CountingServer() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  String url() {
    return "redis://127.0.0.1:" + server.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        client.setTcpNoDelay(true);
        threads.execute(() -> serve(client));
      }
    } catch (IOException e) {
      threads.shutdown();
    }
  }

  private void serve(Socket client) {
    try (client) {
      DataInputStream in = new DataInputStream(client.getInputStream());
      OutputStream out = client.getOutputStream();
      while (true) {
        in.readFully(new byte[Talk.REQUEST.length]);
        String reply = ":" + requests.incrementAndGet() + "\r\n";
        out.write(reply.getBytes(StandardCharsets.US_ASCII));
      }
    } catch (IOException e) {
      // The client has left.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
