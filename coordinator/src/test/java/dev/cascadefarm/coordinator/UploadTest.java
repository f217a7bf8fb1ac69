package dev.cascadefarm.coordinator;

import static dev.cascadefarm.coordinator.CoordinatorFixture.await;
import static dev.cascadefarm.coordinator.CoordinatorFixture.minimal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.cascadefarm.common.cascade.RequestField;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.common.store.Artifact;
import dev.cascadefarm.common.store.ArtifactKeys;
import dev.cascadefarm.common.store.PictureKeys;
import dev.cascadefarm.coordinator.upload.TestPictures;
import dev.cascadefarm.coordinator.upload.UploadLimits;
import dev.cascadefarm.testing.RedisExtension;
import dev.cascadefarm.testing.StoreExtension;
import dev.cascadefarm.testing.TestRedis;
import dev.cascadefarm.testing.TestStore;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Pictures that clients bring, and jobs that take them. */
@Tag("integration")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith({RedisExtension.class, StoreExtension.class})
class UploadTest {
  private static final String UPLOADS = "/v1/uploads";
  private static final String PNG = "image/png";
  private static final byte[] PICTURE = TestPictures.png(16, 16);
  private static final UploadLimits LIMITS = new UploadLimits(3 << 20, 4096, 1 << 19, 500);

  private CoordinatorFixture farm;

  @BeforeAll
  void start(TestRedis redis, TestStore store) {
    redis.flush();
    farm =
        CoordinatorFixture.start(redis.url(), store, CoordinatorFixture.CONFIG.withUploads(LIMITS));
  }

  @AfterAll
  void stop() {
    farm.close();
  }

  @Test
  void upload_picture_isKeptUnderTheHashOfWhatIsKept() {
    HttpResponse<Buffer> answer = upload(UPLOADS, PNG, TestPictures.png(30, 20));

    assertThat(answer.statusCode()).isEqualTo(201);
    JsonObject upload = answer.bodyAsJsonObject();
    String id = upload.getString("id");
    assertThat(answer.getHeader("Location")).isEqualTo(UPLOADS + "/" + id);
    assertThat(upload.getInteger("width")).isEqualTo(20);
    assertThat(upload.getInteger("height")).isEqualTo(20);
    assertThat(upload.getJsonObject("original"))
        .isEqualTo(new JsonObject().put("width", 30).put("height", 20));
    HttpResponse<Buffer> kept = farm.get(UPLOADS + "/" + id);
    assertThat(kept.getHeader("Content-Type")).isEqualTo(PNG);
    assertThat(kept.getHeader("ETag")).isEqualTo("\"" + id + "\"");
    assertThat(kept.body().length()).isEqualTo(upload.getInteger("bytes"));
    assertThat(Artifact.of("x", kept.body().getBytes(), PNG).sha256()).isEqualTo(id);
  }

  @Test
  void upload_again_isTheSame_andFittedAnother() {
    String first = id(PICTURE);

    assertThat(id(PICTURE)).isEqualTo(first);
    byte[] wide = TestPictures.png(30, 20);
    JsonObject fitted = upload(UPLOADS + "?aspect=fit", PNG, wide).bodyAsJsonObject();
    assertThat(fitted.getInteger("width")).isEqualTo(30);
    assertThat(fitted.getString("id")).isNotEqualTo(id(wide));
  }

  @Test
  void upload_jpegWithParameters_isTaken() {
    assertThat(upload(UPLOADS, "IMAGE/JPEG; q=1", TestPictures.jpeg(8, 8)).statusCode())
        .isEqualTo(201);
  }

  @Test
  void upload_moreThanAJsonBodyMayHave_isTaken() {
    byte[] large = TestPictures.png(700, 700);

    assertThat(large.length).isBetween(1 << 20, (int) LIMITS.bytes());
    assertThat(upload(UPLOADS, PNG, large).statusCode()).isEqualTo(201);
  }

  @Test
  void contract_asPublished_saysWhatAnUploadIs() {
    assertThat(farm.get("/openapi.yaml").bodyAsString())
        .contains("operationId: uploadPicture", "image/jpeg: {schema:", "init_image:");
  }

  static Stream<Arguments> bad() {
    byte[] gif = {'G', 'I', 'F', '8', '9', 'a', 1, 0, 1, 0};
    byte[] cut = Arrays.copyOf(PICTURE, 100);
    return Stream.of(
        arguments(PNG, new byte[0], 400, "invalid-picture", "0 bytes (expected: a PNG or JPEG"),
        arguments(PNG, cut, 400, "invalid-picture", "PNG that ends too early"),
        arguments(
            PNG, TestPictures.bomb(40_000, 40_000), 400, "invalid-picture", "40000x40000 pixels"),
        arguments(PNG, TestPictures.png(800, 700), 400, "invalid-picture", "at most 524288"),
        arguments(PNG, gif, 415, "unsupported-media-type", "GIF (expected: a PNG or JPEG"),
        arguments("image/gif", gif, 415, "unsupported-media-type", "Content-Type: image/gif"),
        arguments("image/jpeg", PICTURE, 415, "unsupported-media-type", "the body is a PNG"),
        arguments("application/json", PICTURE, 415, "unsupported-media-type", "image/png or"),
        arguments(null, PICTURE, 415, "unsupported-media-type", "Content-Type: missing"),
        arguments(PNG, new byte[(3 << 20) + 1], 413, "http-413", "at most 3 MiB"));
  }

  @ParameterizedTest
  @MethodSource("bad")
  void upload_bad_problemSaysWhatAndWhatNot(
      @Nullable String type, byte[] body, int status, String kind, String detail) {
    JsonObject problem = problem(upload(UPLOADS, type, body), status);

    assertThat(problem.getString("type")).isEqualTo("urn:cascade-farm:problem:" + kind);
    assertThat(problem.getString("detail")).contains(detail, "(expected: ");
  }

  @Test
  void upload_unknownAspect_problemNamesIt() {
    JsonObject problem = problem(upload(UPLOADS + "?aspect=stretch", PNG, PICTURE), 400);

    JsonObject error = problem.getJsonArray("errors").getJsonObject(0);
    assertThat(error.getString("field")).isEqualTo("aspect");
    assertThat(error.getString("expected")).isEqualTo("one of centre-crop, fit");
  }

  @Test
  void upload_sixteenAndMoreAtOnce_allAreTakenOrToldToComeAgain() {
    byte[] body = TestPictures.png(700, 700);
    List<Integer> answers =
        Stream.generate(
                () ->
                    farm.request(HttpMethod.POST, UPLOADS)
                        .putHeader("Content-Type", PNG)
                        .sendBuffer(Buffer.buffer(body)))
            .limit(40)
            .toList()
            .stream()
            .map(answer -> await(answer).statusCode())
            .toList();

    assertThat(answers).isSubsetOf(201, 429).contains(201);
    assertThat(upload(UPLOADS, PNG, PICTURE).statusCode()).isEqualTo(201);
  }

  @Test
  void upload_brokenOffManyTimes_leavesRoomForOthers() throws IOException {
    String head =
        "POST /v1/uploads HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\n"
            + "Content-Length: 1000000\r\n\r\nsome";
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), farm.port());
      sockets.add(socket);
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    }
    assertThat(untilAnswered(429)).isEqualTo(429);

    for (Socket socket : sockets) {
      socket.close();
    }

    assertThat(untilAnswered(201)).isEqualTo(201);
  }

  /** The servers' side of connections is seen a little later; asks for 20 seconds at most. */
  private int untilAnswered(int status) {
    int answered = 0;
    for (int i = 0; i < 200 && answered != status; i++) {
      await(farm.vertx.timer(100, TimeUnit.MILLISECONDS));
      answered = upload(UPLOADS, PNG, PICTURE).statusCode();
    }
    return answered;
  }

  @Test
  void getUpload_unknownOrIllegal_isNotFoundOrRefused() {
    problem(farm.get(UPLOADS + "/" + "0".repeat(64)), 404);
    problem(farm.get(UPLOADS + "/..%2f..%2fx"), 400);
    assertThat(problem(farm.get(UPLOADS), 405).getString("detail")).contains("POST");
  }

  @Test
  void submit_ownUpload_jobHasACopyOfItsOwn() {
    String id = id(PICTURE);

    JsonObject job = farm.submit(enlarge().put("init_image", id)).bodyAsJsonObject();

    assertThat(job.getString("init_image")).isEqualTo(id);
    String key = PictureKeys.given("default", job.getString("id"), RequestField.INIT_IMAGE);
    byte[] copy = await(farm.store.getVerified(key, id));
    assertThat(copy).isEqualTo(farm.get(UPLOADS + "/" + id).body().getBytes());
    await(farm.store.delete(List.of(PictureKeys.upload("default", id))));
    assertThat(await(farm.store.get(key))).isEqualTo(copy);
  }

  @Test
  void submit_ownUpload_workersLearnItsHash() {
    String id = id(PICTURE);
    String job = farm.submit(enlarge().put("init_image", id)).bodyAsJsonObject().getString("id");

    farm.worker.drainText();
    List<LeasedTask> tasks = farm.worker.claim(TestCatalogue.SR, 64);

    assertThat(tasks)
        .filteredOn(task -> task.id().job().equals(job))
        .singleElement()
        .extracting(task -> task.spec().initImage())
        .isEqualTo(id);
  }

  @Test
  void submit_twoUploads_jobHasCopiesOfBoth() {
    String a = id(TestPictures.png(8, 8));
    String b = id(TestPictures.png(9, 9));

    JsonObject job = farm.submit(blend(a, b)).bodyAsJsonObject();

    assertThat(job.getString("init_image")).isEqualTo(a);
    assertThat(job.getString("init_image_b")).isEqualTo(b);
    assertThat(job.getString("prompt_b")).isEqualTo("where it goes");
    assertThat(await(farm.store.getVerified(given(job, RequestField.INIT_IMAGE), a))).isNotEmpty();
    assertThat(await(farm.store.getVerified(given(job, RequestField.INIT_IMAGE_B), b)))
        .isNotEmpty();
  }

  private static String given(JsonObject job, RequestField field) {
    return PictureKeys.given("default", job.getString("id"), field);
  }

  @Test
  void submit_secondUploadThatDoesNotFit_namedAndTheFirstNotLeftBehind() {
    String a = id(TestPictures.png(8, 8));
    int before = jobPictures();

    String unknown = problem(farm.submit(blend(a, "0".repeat(64))), 400).encode();
    String same = problem(farm.submit(blend(a, a)), 400).encode();
    JsonObject none = blend(a, a);
    none.remove("init_image_b");

    assertThat(unknown).contains("\"field\":\"init_image_b\"", "the id of an upload");
    assertThat(same).contains("\"field\":\"init_image_b\"", "another than init_image");
    assertThat(problem(farm.submit(none), 400).encode())
        .contains("init_image_b: missing", "cascade tiny-blend needs one");
    assertThat(jobPictures()).isEqualTo(before);
  }

  private static JsonObject blend(String a, String b) {
    return minimal()
        .put("cascade", "tiny-blend")
        .put("prompt_b", "where it goes")
        .put("init_image", a)
        .put("init_image_b", b);
  }

  @Test
  void submit_unknownAndForeignUpload_lookTheSame() {
    byte[] png = farm.get(UPLOADS + "/" + id(TestPictures.png(5, 5))).body().getBytes();
    String foreign = Artifact.of("x", png, PNG).sha256();
    await(farm.store.put(PictureKeys.upload("other", foreign), png, PNG));
    await(farm.store.delete(List.of(PictureKeys.upload("default", foreign))));
    String unknown = "0".repeat(64);

    String told = problem(farm.submit(enlarge().put("init_image", foreign)), 400).encode();

    assertThat(told)
        .contains("init_image", "the id of an upload")
        .isEqualTo(
            problem(farm.submit(enlarge().put("init_image", unknown)), 400)
                .encode()
                .replace(unknown, foreign));
  }

  static Stream<Arguments> refused() {
    String id = "a".repeat(64);
    return Stream.of(
        arguments(minimal().put("init_image", id), "absent, cascade tiny takes none"),
        arguments(enlarge(), "the id of an upload, cascade tiny-enlarge needs one"),
        arguments(enlarge().put("init_image", "x"), "string matching ^[0-9a-f]{64}$"),
        arguments(enlarge().put("init_image", "../" + id), "string matching"),
        arguments(enlarge().put("init_image", 7), "string matching"),
        arguments(enlarge().put("init_image", id), "the id of an upload"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void submit_pictureThatDoesNotFit_problemNamesTheField(JsonObject body, String expected) {
    JsonObject problem = problem(farm.submit(body), 400);

    JsonObject error = problem.getJsonArray("errors").getJsonObject(0);
    assertThat(error.getString("field")).isEqualTo("init_image");
    assertThat(error.getString("expected")).startsWith(expected);
  }

  @Test
  void submit_sameKeyTwice_onlyTheJobsOwnCopyIsLeft() {
    JsonObject body = enlarge().put("init_image", id(TestPictures.png(7, 7)));
    int before = jobPictures();

    for (int i = 0; i < 3; i++) {
      HttpResponse<Buffer> answer =
          await(
              farm.request(HttpMethod.POST, "/v1/jobs")
                  .putHeader("Idempotency-Key", "one-picture")
                  .sendJsonObject(body));
      assertThat(answer.statusCode()).isEqualTo(202);
    }

    assertThat(jobPictures()).isEqualTo(before + 1);
  }

  private int jobPictures() {
    String prefix = ArtifactKeys.jobPrefix("default", "x").replace("x/", "");
    return (int)
        await(farm.store.list(prefix, 1000)).stream()
            .filter(each -> each.key().contains("/request/init_image"))
            .count();
  }

  private static JsonObject enlarge() {
    return minimal().put("cascade", "tiny-enlarge");
  }

  private String id(byte[] png) {
    return upload(UPLOADS, PNG, png).bodyAsJsonObject().getString("id");
  }

  private HttpResponse<Buffer> upload(String path, @Nullable String type, byte[] body) {
    var request = farm.request(HttpMethod.POST, path);
    if (type != null) {
      request.putHeader("Content-Type", type);
    }
    return await(request.sendBuffer(Buffer.buffer(body)));
  }

  private static JsonObject problem(HttpResponse<Buffer> answer, int status) {
    assertThat(answer.statusCode()).as(answer.bodyAsString()).isEqualTo(status);
    assertThat(answer.getHeader("Content-Type")).isEqualTo("application/problem+json");
    JsonObject problem = answer.bodyAsJsonObject();
    assertThat(problem.getString("detail")).doesNotContain("Exception");
    return problem;
  }
}
