package dev.cascadefarm.coordinator.upload;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.common.cascade.RequestField;
import dev.cascadefarm.common.store.ArtifactCorruptException;
import dev.cascadefarm.common.store.ArtifactNotFoundException;
import dev.cascadefarm.common.store.ArtifactStore;
import dev.cascadefarm.common.store.PictureKeys;
import dev.cascadefarm.common.store.StoreConfig;
import dev.cascadefarm.testing.StoreExtension;
import dev.cascadefarm.testing.TestStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a tenant's uploads may take, in a real store. */
@Tag("integration")
@ExtendWith(StoreExtension.class)
class UploadsTest {
  private static final String PNG = "image/png";
  private static final UploadLimits THREE = new UploadLimits(1 << 20, 100, 10_000, 3);

  private final Vertx vertx = Vertx.vertx();
  private ArtifactStore store;
  private Uploads now;
  private Uploads later;

  @BeforeEach
  void start(TestStore server) throws Exception {
    String bucket = "b-" + UUID.randomUUID();
    store =
        ArtifactStore.create(
            vertx,
            StoreConfig.of(server.endpoint(), server.accessKey(), server.secretKey(), bucket));
    await(store.start());
    Clock clock = Clock.systemUTC();
    now = new Uploads(vertx, store, THREE, clock);
    later = new Uploads(vertx, store, THREE, Clock.offset(clock, Duration.ofMinutes(70)));
  }

  @AfterEach
  void close() throws Exception {
    await(store.close());
    await(vertx.close());
  }

  @Test
  void add_beyondTheLimitWithinTheHour_isRefusedUnlessKnown() throws Exception {
    fill("t", 3);

    assertThatThrownBy(() -> add(now, "t", 9))
        .isInstanceOf(UploadsFullException.class)
        .hasMessageContaining("uploads: 3, none older than 60 minutes");
    assertThat(add(now, "t", 1).id()).hasSize(64);
    assertThat(add(now, "other", 9).side()).isEqualTo(9);
  }

  @Test
  void add_beyondTheLimitLater_replacesAnOldOne() throws Exception {
    fill("t", 3);

    Uploads.Upload added = add(later, "t", 9);

    assertThat(await(store.list(PictureKeys.uploads("t"), 100)))
        .hasSize(3)
        .anyMatch(each -> each.key().equals(PictureKeys.upload("t", added.id())));
  }

  @Test
  void give_thenRemoveTheUpload_jobsCopyStays() throws Exception {
    Uploads.Upload upload = add(now, "t", 5);
    await(now.give("t", upload.id(), "j1", RequestField.INIT_IMAGE));
    String copy = PictureKeys.given("t", "j1", RequestField.INIT_IMAGE);

    await(store.delete(List.of(PictureKeys.upload("t", upload.id()))));

    assertThat(await(store.getVerified(copy, upload.id()))).hasSize((int) upload.bytes());
    assertThatThrownBy(() -> await(now.get("t", upload.id())))
        .isInstanceOf(ArtifactNotFoundException.class);
    await(now.takeBack("t", "j1", List.of(RequestField.INIT_IMAGE)));
    assertThatThrownBy(() -> await(store.stat(copy))).isInstanceOf(ArtifactNotFoundException.class);
  }

  @Test
  void give_ofAnotherTenantOrSpoiled_fails() throws Exception {
    Uploads.Upload upload = add(now, "t", 5);

    assertThatThrownBy(() -> await(now.give("other", upload.id(), "j1", RequestField.INIT_IMAGE)))
        .isInstanceOf(ArtifactNotFoundException.class);
    await(store.put(PictureKeys.upload("t", upload.id()), new byte[9], PNG));
    assertThatThrownBy(() -> await(now.give("t", upload.id(), "j1", RequestField.INIT_IMAGE)))
        .isInstanceOf(ArtifactCorruptException.class);
  }

  private void fill(String tenant, int count) throws Exception {
    for (int side = 1; side <= count; side++) {
      add(now, tenant, side);
    }
  }

  private static Uploads.Upload add(Uploads uploads, String tenant, int side) throws Exception {
    return await(uploads.add(tenant, TestPictures.png(side, side), PNG, Aspect.FIT));
  }

  private static <T> T await(Future<T> future) throws TimeoutException {
    return future.await(30, SECONDS);
  }
}
