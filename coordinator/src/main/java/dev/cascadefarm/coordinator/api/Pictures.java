package dev.cascadefarm.coordinator.api;

import dev.cascadefarm.common.store.Artifact;
import dev.cascadefarm.common.store.ArtifactStore;
import dev.cascadefarm.common.store.Manifest;
import dev.cascadefarm.coordinator.problem.Problem;
import dev.cascadefarm.coordinator.problem.ProblemException;
import io.vertx.core.Future;

/** Finds the pictures that finished tasks have drawn. Thread-safe. */
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
