package dev.cascadefarm.e2e.chaos;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/**
 * The S3 store of {@code farm services} as a process of its own, with keys that are given, so that
 * it can be killed and started again while others go on. Arguments: folder, endpoint, access key,
 * secret key.
 */
final class StoreProcess {
  /** What it prints when it serves. */
  static final String READY = "store serves";

  private StoreProcess() {}

  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createDirectories(Path.of(arguments[0])).toRealPath();
    S3Proxy server =
        S3Proxy.builder()
            .blobStore(new FilesystemNio2BlobStore(folder.toString()))
            .endpoint(URI.create(arguments[1]))
            .awsAuthentication(AuthenticationType.AWS_V4, arguments[2], arguments[3])
            .build();
    server.start();
    System.out.println(READY);
  }
}
