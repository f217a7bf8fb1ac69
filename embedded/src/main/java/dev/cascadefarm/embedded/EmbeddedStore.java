package dev.cascadefarm.embedded;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running S3 server in this process, on 127.0.0.1, that keeps objects as files. It takes only
 * requests signed (AWS version 4) with its fresh random keys, and addresses buckets by path.
 *
 * <p>Content types, ETags and user metadata lie in extended attributes of the files; a file system
 * without them serves the objects all the same, as {@code application/octet-stream} and without
 * metadata. Safe for use by several threads.
 */
public final class EmbeddedStore implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedStore.class);
  private static final int ACCESS_KEY_BYTES = 10;
  private static final int SECRET_KEY_BYTES = 24;
  private static final int MAX_THREADS = 64;

  /* A grace period would wait for the idle connections of clients, which do not go away. */
  private static final int STOP_GRACE_MILLIS = 0;

  private final S3Proxy server;
  private final String accessKey;
  private final String secretKey;

  private EmbeddedStore(S3Proxy server, String accessKey, String secretKey) {
    this.server = server;
    this.accessKey = accessKey;
    this.secretKey = secretKey;
  }

  /**
   * Starts a server.
   *
   * @param config how it runs
   * @throws EmbeddedException if its port is taken or its folder cannot be used
   */
  public static EmbeddedStore start(EmbeddedStoreConfig config) {
    try {
      Path directory = Files.createDirectories(config.directory().toAbsolutePath()).toRealPath();
      return startIn(directory, config.port());
    } catch (IOException e) {
      throw new EmbeddedException(
          "embedded store in %s: %s (expected: a writable folder)".formatted(config, e), e);
    }
  }

  private static EmbeddedStore startIn(Path directory, int port) {
    String accessKey = Secrets.hex(ACCESS_KEY_BYTES);
    String secretKey = Secrets.hex(SECRET_KEY_BYTES);
    S3Proxy server =
        S3Proxy.builder()
            .blobStore(new FilesystemNio2BlobStore(directory.toString()))
            .endpoint(URI.create("http://%s:%d".formatted(Loopback.HOST, port)))
            .awsAuthentication(AuthenticationType.AWS_V4, accessKey, secretKey)
            .jettyMaxThreads(MAX_THREADS)
            .stopTimeout(STOP_GRACE_MILLIS)
            .build();
    start(server, port);
    LOG.info("embedded store serves at {}:{}", Loopback.HOST, server.getPort());
    return new EmbeddedStore(server, accessKey, secretKey);
  }

  /* S3Proxy declares Exception; what it throws is the server's failure to bind. */
  private static void start(S3Proxy server, int port) {
    try {
      server.start();
    } catch (Exception e) {
      throw new EmbeddedException(
          "embedded store: cannot listen on %s:%d".formatted(Loopback.HOST, port), e);
    }
  }

  /** Returns the address, as {@code http://127.0.0.1:PORT}. */
  public String endpoint() {
    return "http://%s:%d".formatted(Loopback.HOST, port());
  }

  /** Returns the port on 127.0.0.1. */
  public int port() {
    return server.getPort();
  }

  /** Returns the access key. */
  public String accessKey() {
    return accessKey;
  }

  /** Returns the secret key, to be kept from logs. */
  public String secretKey() {
    return secretKey;
  }

  /**
   * Ends the server at once; its objects stay, a write under way is as if it never began. Closing
   * twice is harmless.
   */
  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new EmbeddedException("embedded store: cannot stop", e);
    }
  }

  /** Returns the address without the keys. */
  @Override
  public String toString() {
    return "EmbeddedStore[%s]".formatted(endpoint());
  }
}
