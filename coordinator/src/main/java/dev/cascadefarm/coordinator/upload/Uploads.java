package dev.cascadefarm.coordinator.upload;

import dev.cascadefarm.common.cascade.RequestField;
import dev.cascadefarm.common.store.ArtifactStore;
import dev.cascadefarm.common.store.PictureKeys;
import dev.cascadefarm.common.store.StoredObject;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The pictures that tenants bring, in the artifact store. A tenant's newest are kept, up to a
 * number, and each for an hour at least; a job that takes one gets a copy of its own, so nothing
 * that happens to an upload afterwards can harm the job. Thread-safe; whoever makes it closes it.
 */
public final class Uploads {
  /** How long an upload is kept, however many come after it. */
  public static final Duration LEAST_AGE = Duration.ofHours(1);

  private static final String PNG = "image/png";

  /** Pictures decoded at once; each may need some 150 MiB at the default limits. */
  private static final int DECODERS = 2;

  /** Uploads on their way at once, those whose bodies are still coming included. */
  private static final int MOST_AT_ONCE = 16;

  private static final Duration DECODING = Duration.ofSeconds(10);

  /** Uploads that came at the same moment may have gone past the limit together. */
  private static final int SLACK = MOST_AT_ONCE * 4;

  private final ArtifactStore store;
  private final UploadLimits limits;
  private final PictureIntake intake;
  private final WorkerExecutor decoders;
  private final Clock clock;
  private final AtomicInteger open = new AtomicInteger();

  /**
   * Uploads of all tenants.
   *
   * @param clock agrees with the store's to some minutes
   */
  public Uploads(Vertx vertx, ArtifactStore store, UploadLimits limits, Clock clock) {
    this.store = store;
    this.limits = limits;
    this.intake = new PictureIntake(limits);
    this.decoders = vertx.createSharedWorkerExecutor("farm-pictures", DECODERS);
    this.clock = clock;
  }

  /**
   * A picture that was taken in.
   *
   * @param id SHA-256 (hex) of the stored PNG
   * @param side of the stored picture, in pixels
   * @param width of the picture as it came in, upright
   * @param height of the picture as it came in, upright
   */
  public record Upload(String id, int side, int width, int height, long bytes) {}

  /** Largest body that is worth reading. */
  public long maxBytes() {
    return limits.bytes();
  }

  /** A place for one more upload, or empty if as many are on their way as may be. */
  public Optional<Place> enter() {
    if (open.incrementAndGet() <= MOST_AT_ONCE) {
      return Optional.of(new Place());
    }
    open.decrementAndGet();
    return Optional.empty();
  }

  /** The right to one upload at a time. */
  public final class Place {
    private final AtomicBoolean left = new AtomicBoolean();

    private Place() {}

    /** Gives the place back; idempotent. */
    public void leave() {
      if (left.compareAndSet(false, true)) {
        open.decrementAndGet();
      }
    }
  }

  /**
   * Takes a picture in; the same picture twice is stored once.
   *
   * @param contentType what the sender says it is
   * @return fails with {@link InvalidPictureException}, with {@link UploadsFullException}, or as
   *     the store does
   */
  public Future<Upload> add(
      String tenant, byte[] file, @Nullable String contentType, Aspect aspect) {
    return decoders
        .executeBlocking(() -> named(intake.take(file, contentType, aspect)), false)
        .timeout(DECODING.toMillis(), TimeUnit.MILLISECONDS)
        .recover(Uploads::late)
        .compose(named -> keep(tenant, named));
  }

  /** The stored PNG, checked; fails as the store does if the tenant has no such upload. */
  public Future<byte[]> get(String tenant, String id) {
    return store.getVerified(PictureKeys.upload(tenant, id), id);
  }

  /**
   * Makes an upload's picture the job's own.
   *
   * @param field of the request that names it
   * @return fails as {@link #get} does
   */
  public Future<Void> give(String tenant, String id, String job, RequestField field) {
    return get(tenant, id)
        .compose(png -> store.put(PictureKeys.given(tenant, job, field), png, PNG))
        .mapEmpty();
  }

  /** Removes the pictures of a job that came to nothing. */
  public Future<Void> takeBack(String tenant, String job, Collection<RequestField> fields) {
    return store.delete(
        fields.stream().map(field -> PictureKeys.given(tenant, job, field)).toList());
  }

  /** Ends decoding. */
  public Future<Void> close() {
    return decoders.close();
  }

  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  private record Named(Upload upload, byte[] png) {}

  private static Named named(PictureIntake.Taken taken) {
    byte[] png = taken.png();
    Upload upload =
        new Upload(sha256(png), taken.side(), taken.width(), taken.height(), png.length);
    return new Named(upload, png);
  }

  private static <T> Future<T> late(Throwable failure) {
    return Future.failedFuture(
        failure instanceof TimeoutException ? new UploadsBusyException(DECODING) : failure);
  }

  private Future<Upload> keep(String tenant, Named named) {
    String key = PictureKeys.upload(tenant, named.upload.id());
    return room(tenant, key).compose(nothing -> store.put(key, named.png, PNG)).map(named.upload);
  }

  /** Sees to it that one more fits, by removing the oldest. */
  private Future<Void> room(String tenant, String key) {
    return store
        .list(PictureKeys.uploads(tenant), limits.kept() + SLACK)
        .compose(kept -> makeRoom(kept, key));
  }

  private Future<Void> makeRoom(List<StoredObject> kept, String key) {
    int surplus = kept.size() + 1 - limits.kept();
    if (surplus <= 0 || kept.stream().anyMatch(each -> each.key().equals(key))) {
      return Future.succeededFuture();
    }
    Instant latest = clock.instant().minus(LEAST_AGE);
    List<String> old =
        kept.stream()
            .filter(each -> each.modified().isBefore(latest))
            .sorted(Comparator.comparing(StoredObject::modified))
            .limit(surplus)
            .map(StoredObject::key)
            .toList();
    return old.size() < surplus
        ? Future.failedFuture(new UploadsFullException(limits.kept()))
        : store.delete(old);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
