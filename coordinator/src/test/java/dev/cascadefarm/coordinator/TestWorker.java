package dev.cascadefarm.coordinator;

import static dev.cascadefarm.coordinator.CoordinatorFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.queue.TaskQueue;
import dev.cascadefarm.common.queue.TaskQueue.Claim;
import dev.cascadefarm.common.queue.TaskQueue.ClaimResult;
import dev.cascadefarm.common.queue.TaskQueue.Completion;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.common.queue.TaskQueue.ReportResult;
import dev.cascadefarm.common.store.Artifact;
import dev.cascadefarm.common.store.ArtifactKeys;
import dev.cascadefarm.common.store.ArtifactStore;
import dev.cascadefarm.common.store.Manifest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A worker without a model: every picture is one pixel. */
final class TestWorker {
  static final byte[] PIXEL =
      Base64.getDecoder()
          .decode(
              "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5E"
                  + "rkJggg==");

  private final TaskQueue tasks;
  private final ArtifactStore store;
  private final Catalogue catalogue;
  private final String id = UUID.randomUUID().toString();

  TestWorker(TaskQueue tasks, ArtifactStore store, Catalogue catalogue) {
    this.tasks = tasks;
    this.store = store;
    this.catalogue = catalogue;
  }

  String id() {
    return id;
  }

  /** Works until no stage has anything to do. */
  void drain() {
    boolean busy = true;
    while (busy) {
      busy = false;
      for (BundleId bundle : List.of(TestCatalogue.TEXT, TestCatalogue.BASE, TestCatalogue.SR)) {
        List<LeasedTask> leased = claim(bundle, 64);
        leased.forEach(task -> complete(task, List.of()));
        busy |= !leased.isEmpty();
      }
    }
  }

  /** Does what text stages have to do. */
  void drainText() {
    claim(TestCatalogue.TEXT, 64).forEach(task -> complete(task, List.of()));
  }

  List<LeasedTask> claim(BundleId bundle, int count) {
    String digest = catalogue.bundle(bundle).digest();
    String request = UUID.randomUUID().toString();
    ClaimResult claimed = await(tasks.claim(new Claim(id, request, bundle, digest, count)));
    assertThat(claimed.outcome()).isEqualTo(ClaimResult.Outcome.OK);
    return claimed.tasks();
  }

  void complete(LeasedTask task, List<String> warnings) {
    ArtifactKeys keys = ArtifactKeys.of(task.tenant(), task.id(), task.attempt(), task.nonce());
    boolean text = task.id().stage().equals("text");
    Artifact output =
        text
            ? await(store.put(keys.key("embedding"), new byte[8], "application/octet-stream"))
            : await(store.put(keys.key("image.png"), PIXEL, "image/png"));
    Manifest manifest =
        Manifest.of(Map.of(text ? "embedding" : "image", Manifest.Output.of(output)));
    String key = keys.key(Manifest.NAME);
    await(store.put(key, manifest.toBytes(), Manifest.CONTENT_TYPE));
    Completion completion = new Completion(task.id(), id, task.nonce(), key, 20, warnings);
    assertThat(await(tasks.complete(completion))).isEqualTo(ReportResult.OK);
  }
}
