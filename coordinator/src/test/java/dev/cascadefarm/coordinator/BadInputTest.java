package dev.cascadefarm.coordinator;

import static dev.cascadefarm.coordinator.CoordinatorFixture.await;
import static dev.cascadefarm.coordinator.CoordinatorFixture.minimal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.cascadefarm.testing.RedisExtension;
import dev.cascadefarm.testing.StoreExtension;
import dev.cascadefarm.testing.TestRedis;
import dev.cascadefarm.testing.TestStore;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("integration")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith({RedisExtension.class, StoreExtension.class})
class BadInputTest {
  private CoordinatorFixture farm;

  @BeforeAll
  void start(TestRedis redis, TestStore store) {
    redis.flush();
    farm = CoordinatorFixture.start(redis.url(), store, CoordinatorFixture.CONFIG);
  }

  @AfterAll
  void stop() {
    farm.close();
  }

  static Stream<Arguments> badBodies() {
    return Stream.of(
        arguments(minimal().put("prompt", ""), "prompt", "string of 1 to 2000 characters"),
        arguments(minimal().put("prompt", " \t "), "prompt", "at least one word"),
        arguments(
            minimal().put("prompt", "x".repeat(10_000)),
            "prompt",
            "string of 1 to 2000 characters"),
        arguments(minimal().put("prompt", 7), "prompt", "string of 1 to 2000 characters"),
        arguments(bare("prompt"), "prompt", "string of 1 to 2000 characters"),
        arguments(bare("cascade"), "cascade", "string of 1 to 80 characters"),
        arguments(minimal().put("negative_prompt", ""), "negative_prompt", "string of 1 to 2000"),
        arguments(minimal().put("prompt_b", ""), "prompt_b", "string of 1 to 2000"),
        arguments(minimal().put("prompt_b", " "), "prompt_b", "at least one word"),
        arguments(minimal().put("prompt_b", "x"), "prompt_b", "absent, cascade tiny takes none"),
        arguments(minimal().put("n", 0), "n", "integer from 1 to 64"),
        arguments(minimal().put("n", -1), "n", "integer from 1 to 64"),
        arguments(minimal().put("n", 1.5), "n", "integer from 1 to 64"),
        arguments(minimal().put("n", 1_000_000), "n", "integer from 1 to 64"),
        arguments(minimal().put("n", "one"), "n", "integer from 1 to 64"),
        arguments(minimal().putNull("n"), "n", "integer from 1 to 64"),
        arguments(minimal().put("seed", -1), "seed", "integer from 0 to 9007199254740991"),
        arguments(minimal().put("seed", 1L << 53), "seed", "integer from 0 to 9007199254740991"),
        arguments(minimal().put("priority", 10), "priority", "integer from 0 to 9"),
        arguments(minimal().put("cascade", "missing"), "cascade", "one of tiny"),
        arguments(minimal().put("cascade", "tiny@2"), "cascade", "one of tiny"),
        arguments(
            minimal().put("steps", 3), "steps", "one of cascade, init_image, init_image_b, n"),
        arguments(set("base", "steps", 0), "set.base.steps", "integer from 1 to 1000"),
        arguments(set("base", "steps", 1_000_000), "set.base.steps", "integer from 1 to 1000"),
        arguments(set("base", "guidance", "NaN"), "set.base.guidance", "number from 0 to 30"),
        arguments(set("base", "stepz", 3), "set.base.stepz", "one of guidance, steps"),
        arguments(set("vae", "steps", 3), "set.vae", "one of text, base, sr"),
        arguments(minimal().put("set", new JsonObject().put("base", 3)), "set.base", "object"));
  }

  private static JsonObject bare(String field) {
    JsonObject body = minimal();
    body.remove(field);
    return body;
  }

  private static JsonObject set(String stage, String key, Object value) {
    return minimal().put("set", new JsonObject().put(stage, new JsonObject().put(key, value)));
  }

  @ParameterizedTest
  @MethodSource("badBodies")
  void submit_badField_problemNamesFieldAndExpectation(
      JsonObject body, String field, String expected) {
    JsonObject error = onlyError(farm.submit(body), 400);

    assertThat(error.getString("field")).isEqualTo(field);
    assertThat(error.getString("expected")).contains(expected);
  }

  @Test
  void submit_promptOf2000Emoji_isAccepted() {
    assertThat(farm.submit(minimal().put("prompt", "🎨".repeat(2000))).statusCode()).isEqualTo(202);
    assertThat(farm.submit(minimal().put("prompt", "🎨".repeat(2001))).statusCode()).isEqualTo(400);
  }

  @Test
  void submit_integersWrittenAsDecimals_areAccepted() {
    String body =
        "{\"cascade\":\"tiny\",\"prompt\":\"x\",\"n\":2.0,\"set\":{\"sr\":{\"steps\":7.0}}}";

    HttpResponse<Buffer> answer = farm.submitRaw("application/json", Buffer.buffer(body));

    assertThat(answer.statusCode()).isEqualTo(202);
    JsonObject settings = answer.bodyAsJsonObject().getJsonObject("settings");
    assertThat(settings.getJsonObject("sr").getValue("steps")).isEqualTo(7);
  }

  static Stream<String> malformed() {
    return Stream.of(
        "{",
        "",
        "[]]",
        "{\"cascade\":\"tiny\",\"prompt\":\"x\"} trailing",
        "{\"cascade\":\"tiny\",\"prompt\":\"x\",\"prompt\":\"y\"}",
        "{\"cascade\":\"tiny\",\"prompt\":\"x\",\"set\":{\"base\":{\"guidance\":NaN}}}",
        "[".repeat(5_000));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void submit_malformedJson_isRefused(String body) {
    problem(farm.submitRaw("application/json", Buffer.buffer(body)), 400, "malformed-json");
  }

  @ParameterizedTest
  @CsvSource({"[]", "null", "7", "'\"text\"'"})
  void submit_jsonThatIsNoObject_isRefused(String body) {
    HttpResponse<Buffer> answer = farm.submitRaw("application/json", Buffer.buffer(body));

    assertThat(onlyError(answer, 400).getString("expected")).isEqualTo("object");
  }

  @Test
  void submit_notUtf8_isRefused() {
    byte[] body =
        "{\"cascade\":\"tiny\",\"prompt\":\"caf\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);

    problem(farm.submitRaw("application/json", Buffer.buffer(body)), 400, "malformed-json");
  }

  @ParameterizedTest
  @CsvSource({"\\ud800", "\\u0000"})
  void submit_promptThatCannotBeStored_isRefused(String escape) {
    String body = "{\"cascade\":\"tiny\",\"prompt\":\"x" + escape + "\"}";

    HttpResponse<Buffer> answer = farm.submitRaw("application/json", Buffer.buffer(body));

    assertThat(onlyError(answer, 400).getString("field")).isEqualTo("prompt");
  }

  @Test
  void submit_controlCharacterInUnknownField_isRefused() {
    HttpResponse<Buffer> answer = farm.submit(minimal().put("\n/~ +%", 1));

    problem(answer, 400, "invalid-request");
  }

  @Test
  void submit_hugeNumbers_areRefused() {
    String body =
        "{\"cascade\":\"tiny\",\"prompt\":\"x\",\"n\":1" + "0".repeat(400) + ",\"seed\":1e400}";

    JsonObject problem =
        problem(farm.submitRaw("application/json", Buffer.buffer(body)), 400, "invalid-request");

    assertThat(problem.getJsonArray("errors")).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({"cascade, prompt", "prompt, cascade"})
  void submit_numberBeyondAllInPlaceOfText_isRefused(String number, String text) {
    String body = "{\"%s\":1e400,\"%s\":\"tiny\"}".formatted(number, text);

    JsonObject error = onlyError(farm.submitRaw("application/json", Buffer.buffer(body)), 400);

    assertThat(error.getString("field")).isEqualTo(number);
    assertThat(error.getString("expected")).startsWith("string of 1 to ");
  }

  @Test
  void submit_tenMegabytes_isRefusedAsTooLarge() {
    Buffer body = Buffer.buffer("{\"prompt\":\"" + "x".repeat(10 << 20) + "\"}");

    problem(farm.submitRaw("application/json", body), 413, "http-413");
  }

  @ParameterizedTest
  @CsvSource({
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/json; charset=latin1"
  })
  void submit_otherContentType_isRefused(String type) {
    Buffer body = minimal().toBuffer();

    problem(farm.submitRaw(type, body), 415, "unsupported-media-type");
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/jobs/00000000-0000-0000-0000-000000000000, id",
    "/v1/jobs/00000000-0000-0000-0000-000000000000/events, id",
    "/v1/jobs/00000000-0000-0000-0000-000000000000/images/0, id",
  })
  void get_unknownJob_isNotFound(String path, String field) {
    assertThat(onlyError(farm.get(path), 404).getString("field")).isEqualTo(field);
  }

  @Test
  void cancel_unknownJob_isNotFound() {
    problem(await(farm.request(HttpMethod.POST, "/v1/jobs/none/cancel").send()), 404, "not-found");
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/jobs/UPPER, id",
    "/v1/jobs/a%3Ab, id",
    "/v1/jobs?limit=0, limit",
    "/v1/jobs?limit=101, limit",
    "/v1/jobs?limit=many, limit",
    "/v1/jobs?cursor=nonsense, cursor",
    "/v1/jobs/none/images/64, index",
    "/v1/jobs/none/images/-1, index",
    "/v1/jobs/none/images/first, index",
    "/v1/jobs/none/events?after=-1, after",
    "/v1/jobs/none/events?after=1.5, after",
    "/v1/jobs/none/events?after=99999999999999999999, after",
  })
  void get_badParameter_problemNamesIt(String path, String field) {
    assertThat(onlyError(farm.get(path), 400).getString("field")).isEqualTo(field);
  }

  @Test
  void getImage_indexBeyondN_isNotFound() {
    JsonObject error = onlyError(farm.get("/v1/jobs/" + farm.job() + "/images/1"), 404);

    assertThat(error.getString("expected")).isEqualTo("integer from 0 to 0");
  }

  @Test
  void getImage_unfinishedOrUnknownStage_isNotFound() {
    String job = farm.job();

    problem(farm.get("/v1/jobs/" + job + "/images/0"), 404, "not-finished");
    JsonObject error = onlyError(farm.get("/v1/jobs/" + job + "/images/0?stage=text"), 404);
    assertThat(error.getString("expected")).isEqualTo("one of base, sr");
  }

  @Test
  void events_afterBeyondTheEnd_isRefused() {
    String events = "/v1/jobs/" + farm.job() + "/events?after=99";

    assertThat(onlyError(farm.get(events), 400).getString("expected"))
        .isEqualTo("integer from 0 to 1, the newest event");
    HttpResponse<Buffer> stream =
        await(farm.request(HttpMethod.GET, events).putHeader("Accept", "text/event-stream").send());
    assertThat(onlyError(stream, 400).getString("field")).isEqualTo("after");
  }

  @Test
  void submit_sameKeySameBody_isTheSameJob() {
    String key = UUID.randomUUID().toString();
    JsonObject reordered = new JsonObject().put("prompt", "a red circle").put("cascade", "tiny");

    JsonObject first = submitWith(key, minimal(), 202).bodyAsJsonObject();
    HttpResponse<Buffer> second = submitWith(key, reordered, 202);

    assertThat(second.bodyAsJsonObject().getString("id")).isEqualTo(first.getString("id"));
    assertThat(second.bodyAsJsonObject().getLong("seed")).isEqualTo(first.getLong("seed"));
    assertThat(second.getHeader("Idempotency-Replayed")).isEqualTo("true");
  }

  @Test
  void submit_sameKeyOtherBody_conflicts() {
    String key = UUID.randomUUID().toString();
    submitWith(key, minimal(), 202);

    problem(submitWith(key, minimal().put("n", 2), 409), 409, "idempotency-conflict");
  }

  @Test
  void submit_badKey_isRefused() {
    assertThat(onlyError(submitWith("k".repeat(129), minimal(), 400), 400).getString("field"))
        .isEqualTo("Idempotency-Key");
  }

  private HttpResponse<Buffer> submitWith(String key, JsonObject body, int status) {
    HttpResponse<Buffer> answer =
        await(
            farm.request(HttpMethod.POST, "/v1/jobs")
                .putHeader("Idempotency-Key", key)
                .sendJsonObject(body));
    assertThat(answer.statusCode()).isEqualTo(status);
    return answer;
  }

  @Test
  void get_unknownPath_isNotFound() {
    problem(farm.get("/v2/jobs"), 404, "http-404");
  }

  @Test
  void delete_jobs_namesTheMethodsAllowed() {
    HttpResponse<Buffer> answer = await(farm.request(HttpMethod.DELETE, "/v1/jobs").send());

    problem(answer, 405, "method-not-allowed");
    assertThat(answer.getHeader("Allow")).isEqualTo("GET, POST");
  }

  private static JsonObject onlyError(HttpResponse<Buffer> answer, int status) {
    JsonObject problem = problem(answer, status, null);
    assertThat(problem.getJsonArray("errors")).hasSize(1);
    return problem.getJsonArray("errors").getJsonObject(0);
  }

  private static JsonObject problem(
      HttpResponse<Buffer> answer, int status, @Nullable String kind) {
    assertThat(answer.statusCode()).as(answer.bodyAsString()).isEqualTo(status);
    assertThat(answer.getHeader("Content-Type")).isEqualTo("application/problem+json");
    JsonObject problem = answer.bodyAsJsonObject();
    assertThat(problem.getInteger("status")).isEqualTo(status);
    assertThat(problem.getString("detail")).doesNotContain("Exception").doesNotContain("\tat ");
    if (kind != null) {
      assertThat(problem.getString("type")).isEqualTo("urn:cascade-farm:problem:" + kind);
    }
    return problem;
  }
}
