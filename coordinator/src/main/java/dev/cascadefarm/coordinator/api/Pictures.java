package dev.cascadefarm.coordinator.api;

import dev.cascadefarm.common.store.Artifact;
import dev.cascadefarm.common.store.ArtifactStore;
import dev.cascadefarm.common.store.Manifest;
import dev.cascadefarm.coordinator.problem.Problem;
import dev.cascadefarm.coordinator.problem.ProblemException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;

/** Finds the pictures that finished tasks have drawn, and sends pictures. Thread-safe. */
final class Pictures {
  private static final String PNG = "image/png";

  private final ArtifactStore store;

  Pictures(ArtifactStore store) {
    this.store = store;
  }

  /** The picture that a committed manifest names; its bytes are not read yet. */
  Future<Artifact> find(String manifest) {
    return store.get(manifest).map(Manifest::parse).map(Pictures::picture);
  }

  /** The bytes of a picture, checked against its hash. */
  Future<byte[]> read(Artifact picture) {
    return store.getVerified(picture);
  }

  /** Whether the client says that it has a picture of that hash already. */
  static boolean isKnown(RoutingContext context, String sha256) {
    return tag(sha256).equals(context.request().getHeader("If-None-Match"));
  }

  /** Answers that the client's picture is still the one. */
  static Future<Void> sendUnchanged(RoutingContext context, String sha256) {
    return head(context, sha256).setStatusCode(304).end();
  }

  /** Answers with a picture, which will never be another at that address. */
  static Future<Void> send(RoutingContext context, String sha256, byte[] png) {
    return head(context, sha256)
        .putHeader("Content-Type", PNG)
        .putHeader("X-Content-Type-Options", "nosniff")
        .end(Buffer.buffer(png));
  }

  private static HttpServerResponse head(RoutingContext context, String sha256) {
    return context
        .response()
        .putHeader("ETag", tag(sha256))
        .putHeader("Cache-Control", "private, max-age=31536000, immutable");
  }

  private static String tag(String sha256) {
    return "\"" + sha256 + "\"";
  }

  private static Artifact picture(Manifest manifest) {
    return manifest.outputs().values().stream()
        .map(Manifest.Output::artifact)
        .filter(artifact -> artifact.contentType().equals(PNG))
        .findFirst()
        .orElseThrow(() -> new ProblemException(noPicture(manifest)));
  }

  private static Problem noPicture(Manifest manifest) {
    return Problem.of(
        404,
        "no-picture",
        "The stage has drawn no picture",
        "outputs: " + manifest.outputs().keySet() + " (expected: one of media type image/png)");
  }
}
