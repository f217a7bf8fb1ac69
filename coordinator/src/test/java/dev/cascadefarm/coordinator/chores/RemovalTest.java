package dev.cascadefarm.coordinator.chores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.common.bus.FarmBus;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.job.JobPlan;
import dev.cascadefarm.common.job.JobSpec;
import dev.cascadefarm.common.job.PlannedStage;
import dev.cascadefarm.common.queue.JobQueue.Submission;
import dev.cascadefarm.common.queue.JobRetention.Keep;
import dev.cascadefarm.common.queue.QueueConfig;
import dev.cascadefarm.common.queue.RedisQueue;
import dev.cascadefarm.common.queue.TaskQueue.Claim;
import dev.cascadefarm.common.queue.TaskQueue.Completion;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.common.store.Artifact;
import dev.cascadefarm.common.store.ArtifactKeys;
import dev.cascadefarm.common.store.ArtifactStore;
import dev.cascadefarm.common.store.Manifest;
import dev.cascadefarm.common.store.PictureKeys;
import dev.cascadefarm.common.store.StoreConfig;
import dev.cascadefarm.common.store.StoreException;
import dev.cascadefarm.common.store.StoredObject;
import dev.cascadefarm.testing.RedisExtension;
import dev.cascadefarm.testing.StoreExtension;
import dev.cascadefarm.testing.TestRedis;
import dev.cascadefarm.testing.TestStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Old jobs and garbage leave the queue and the store together, and nothing else does. */
@Tag("integration")
@ExtendWith({RedisExtension.class, StoreExtension.class})
class RemovalTest {
  private static final BundleId BASE = BundleId.parse("base@1");
  private static final Keep NOTHING =
      new Keep(new Keep.Bound(Duration.ZERO, 0), new Keep.Bound(Duration.ZERO, 0));

  private final Vertx vertx = Vertx.vertx();
  private final String job = UUID.randomUUID().toString();
  private RedisQueue queue;
  private ArtifactStore store;

  @BeforeEach
  void start(TestRedis redis, TestStore testStore) throws Exception {
    redis.flush();
    queue =
        new RedisQueue(
            vertx, QueueConfig.of(redis.url()).withAllowLossy(true), new FarmBus(vertx.eventBus()));
    await(queue.start());
    store = store(testStore.endpoint(), testStore);
    await(store.start());
  }

  @AfterEach
  void stop() throws Exception {
    await(store.close());
    await(queue.close());
    await(vertx.close());
  }

  @Test
  void collect_endedJob_keepsWhatIsCommittedAndWhatWasGiven() throws Exception {
    LeasedTask task = rendered(job);
    put(PictureKeys.given("default", job) + "init_image.png");
    put(keys(task, 1, "lost").key("image.png"));
    put(keys(task, task.attempt(), task.nonce()).key("checkpoint-7.safetensors"));

    assertThat(await(garbage(Duration.ofHours(1), store).round())).as("too young").isZero();
    assertThat(await(garbage(Duration.ZERO, store).round())).isEqualTo(2);
    ArtifactKeys kept = keys(task, task.attempt(), task.nonce());
    assertThat(objects(job))
        .containsExactlyInAnyOrder(
            PictureKeys.given("default", job) + "init_image.png",
            kept.key("image.png"),
            kept.key(Manifest.NAME));
    assertThat(await(garbage(Duration.ZERO, store).round())).as("once").isZero();
  }

  @Test
  void collect_runningJob_untouched() throws Exception {
    submit(job);
    LeasedTask task = claim();
    put(keys(task, 1, task.nonce()).key("image.png"));
    assertThat(await(garbage(Duration.ZERO, store).round())).isZero();
    assertThat(objects(job)).hasSize(1);
  }

  @Test
  void collect_manifestGone_restIsCollectedAllTheSame() throws Exception {
    LeasedTask task = rendered(job);
    await(store.delete(List.of(keys(task, task.attempt(), task.nonce()).key(Manifest.NAME))));
    assertThat(await(garbage(Duration.ZERO, store).round())).isEqualTo(1);
    assertThat(objects(job)).isEmpty();
  }

  @Test
  void forget_oldJob_goneFromStoreAndQueue() throws Exception {
    rendered(job);
    submit("k");
    assertThat(await(forgetting(store).round())).isEqualTo(1);
    assertThat(objects(job)).isEmpty();
    assertThat(await(queue.jobs().job("default", job))).isEmpty();
    assertThat(await(queue.jobs().job("default", "k"))).isPresent();
  }

  @Test
  void forget_storeDown_jobStaysUntilItIsBack(TestStore testStore) throws Exception {
    rendered(job);
    ArtifactStore down = store("http://127.0.0.1:1", testStore);
    assertThatThrownBy(() -> await(forgetting(down).round())).isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> await(garbage(Duration.ZERO, down).round()))
        .isInstanceOf(StoreException.class);
    assertThat(await(queue.jobs().job("default", job))).isPresent();
    assertThat(await(forgetting(store).round())).isEqualTo(1);
    await(down.close());
  }

  private GarbageCollection garbage(Duration age, ArtifactStore from) {
    return new GarbageCollection(queue.jobs(), queue.retention(), from, age);
  }

  private Forgetting forgetting(ArtifactStore from) {
    return new Forgetting(queue.control(), queue.retention(), from, NOTHING);
  }

  private ArtifactStore store(String endpoint, TestStore testStore) {
    return ArtifactStore.create(
        vertx, StoreConfig.of(endpoint, testStore.accessKey(), testStore.secretKey(), "removal"));
  }

  /** A job whose one picture is committed. */
  private LeasedTask rendered(String job) throws Exception {
    submit(job);
    LeasedTask task = claim();
    ArtifactKeys keys = keys(task, task.attempt(), task.nonce());
    Artifact picture = put(keys.key("image.png"));
    byte[] manifest = Manifest.of(Map.of("image", Manifest.Output.of(picture))).toBytes();
    String key = keys.key(Manifest.NAME);
    await(store.put(key, manifest, Manifest.CONTENT_TYPE));
    await(queue.tasks().complete(new Completion(task.id(), "w", task.nonce(), key, 1, List.of())));
    return task;
  }

  private void submit(String job) throws Exception {
    var stage =
        new PlannedStage("base", BASE, "digest", StageBundle.Per.IMAGE, Map.of(), List.of());
    var spec = new JobSpec("c@1", "a ring", null, 1, 0, Map.of());
    var plan = new JobPlan(List.of(stage));
    await(queue.jobs().submit(new Submission("default", job, null, job, 0, spec, plan)));
  }

  private LeasedTask claim() throws Exception {
    Claim claim = new Claim("w", UUID.randomUUID().toString(), BASE, "digest", 1);
    return await(queue.tasks().claim(claim)).tasks().get(0);
  }

  private static ArtifactKeys keys(LeasedTask task, int attempt, String nonce) {
    return ArtifactKeys.of(task.tenant(), task.id(), attempt, nonce);
  }

  private Artifact put(String key) throws Exception {
    return await(store.put(key, key.getBytes(StandardCharsets.UTF_8), "image/png"));
  }

  private List<String> objects(String job) throws Exception {
    return await(store.list(ArtifactKeys.jobPrefix("default", job), 100)).stream()
        .map(StoredObject::key)
        .toList();
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.await(20, TimeUnit.SECONDS);
  }
}
