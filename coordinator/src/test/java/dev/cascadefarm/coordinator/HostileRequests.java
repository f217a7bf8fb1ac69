package dev.cascadefarm.coordinator;

import dev.cascadefarm.coordinator.access.Role;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.openapi.contract.Operation;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Requests that no client of good will sends, drawn one after the other: to every operation of the
 * contract, with ids of one's own and of others, values nobody expects, and bodies of all kinds.
 */
final class HostileRequests {
  private static final Pattern PARAMETER = Pattern.compile("\\{\\w+}");
  private static final int TEN_MEGABYTES = 10 << 20;
  private static final List<String> QUERY =
      List.of("after", "limit", "cursor", "stage", "status", "aspect", "repair", "no-such");
  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "0",
          "-1",
          "1.5",
          "1e400",
          "9007199254740993",
          "NaN",
          "null",
          "true",
          "..",
          "../../etc/passwd",
          "\u0000",
          "a\r\nX-Forged: b",
          "{}",
          "{0}",
          "farm:{0}:cfg",
          "*",
          "%s%n",
          "<script>alert(1)</script>",
          "' OR 1=1 --",
          "💥",
          "\u202e",
          "x".repeat(3_000));
  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "-1",
          "0",
          "1.5",
          "1e400",
          "9007199254740993",
          "\"\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"../x\"",
          "\"{}\"",
          "{}",
          "[]",
          "[[]]",
          "{\"base\":{\"steps\":-1}}",
          "{\"base\":{\"steps\":1e9}}",
          "\"" + "y".repeat(5_000) + "\"");

  private static final List<Field> OF_JOBS =
      List.of(
          new Field("cascade", "\"tiny\""),
          new Field("prompt", "\"a red circle\""),
          new Field("negative_prompt", "\"blue\""),
          new Field("n", "1"),
          new Field("priority", "3"),
          new Field("set", "{\"base\":{\"steps\":2}}"));
  private static final List<Field> OF_OPERATORS =
      List.of(
          new Field("reason", "\"no reason\""),
          new Field("most", "7"),
          new Field("all", "true"),
          new Field("repair", "true"));
  private static final List<String> TYPES =
      List.of("application/json", "image/png", "image/jpeg", "text/plain", "application/x-www", "");

  private final RandomGenerator random;
  private final List<Operation> operations;
  private final List<String> ids;
  private final byte[] picture;
  private final List<Supplier<Buffer>> bodies;

  /**
   * Requests to those operations.
   *
   * @param ids of jobs, tasks, bundles and tenants that there are, of all tenants
   * @param picture one that could be uploaded
   */
  HostileRequests(
      RandomGenerator random, List<Operation> operations, List<String> ids, byte[] picture) {
    this.random = random;
    this.operations = List.copyOf(operations);
    this.ids = ids;
    this.picture = picture;
    this.bodies =
        List.of(
            this::object,
            this::object,
            this::object,
            this::truncated,
            this::noise,
            this::damagedPicture,
            () -> Buffer.buffer("[".repeat(100_000)),
            () -> Buffer.buffer("{\"prompt\":\"x\",\"prompt\":\"y\",\"cascade\":\"tiny\"}"),
            Buffer::buffer);
  }

  private record Field(String name, String fitting) {}

  /** One request. */
  record Hostile(
      HttpMethod method, String uri, Map<String, String> headers, @Nullable Buffer body) {
    @Override
    public String toString() {
      String sent = body == null ? "none" : beginning(body) + ", " + body.length() + " bytes";
      return method + " " + uri + " " + headers + ", body: " + sent;
    }

    private static String beginning(Buffer body) {
      return body.getString(0, Math.min(300, body.length()));
    }
  }

  Hostile next() {
    Operation operation = any(operations);
    HttpMethod method =
        random.nextInt(20) == 0
            ? any(List.of(HttpMethod.DELETE, HttpMethod.PATCH, HttpMethod.OPTIONS, HttpMethod.PUT))
            : operation.getHttpMethod();
    boolean bodiless = method.equals(HttpMethod.GET) || random.nextInt(10) == 0;
    return new Hostile(method, uri(operation), headers(), bodiless ? null : body());
  }

  private String uri(Operation operation) {
    Matcher parameter = PARAMETER.matcher(operation.getAbsoluteOpenAPIPath());
    StringBuilder uri =
        new StringBuilder(parameter.replaceAll(found -> Matcher.quoteReplacement(value())));
    char separator = '?';
    while (random.nextInt(3) == 0) {
      uri.append(separator).append(any(QUERY)).append('=').append(value());
      separator = '&';
    }
    return uri.toString();
  }

  private String value() {
    String value = random.nextBoolean() ? any(ids) : any(TEXTS);
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  private Map<String, String> headers() {
    Map<String, String> headers = new HashMap<>();
    headers.put("Content-Type", any(TYPES));
    if (random.nextInt(8) > 0) {
      headers.put("Authorization", "Bearer " + Tenants.token("acme", any(List.of(Role.values()))));
    } else if (random.nextBoolean()) {
      headers.put(
          "Authorization", any(List.of("Bearer", "Basic YTpi", "Bearer " + "z".repeat(99))));
    }
    if (random.nextInt(4) == 0) {
      headers.put("Idempotency-Key", any(List.of("k", "k".repeat(200), "key with spaces", "clé")));
    }
    if (random.nextInt(8) == 0) {
      headers.put("If-None-Match", any(List.of("*", "\"x\"", "W/\"y\", \"z\"", "\"")));
    }
    return headers;
  }

  private Buffer body() {
    return random.nextInt(300) == 0 ? Buffer.buffer(new byte[TEN_MEGABYTES]) : any(bodies).get();
  }

  private Buffer object() {
    List<Field> fields = new ArrayList<>(random.nextInt(4) > 0 ? OF_JOBS : OF_OPERATORS);
    if (random.nextInt(8) == 0) {
      fields.add(any(OF_OPERATORS));
    }
    Collections.shuffle(fields, new Random(random.nextLong()));
    return Buffer.buffer(
        fields.stream()
            .filter(field -> random.nextInt(6) > 0)
            .map(field -> '"' + field.name + "\":" + value(field))
            .collect(Collectors.joining(",", "{", "}")));
  }

  private String value(Field field) {
    return random.nextInt(6) > 0 ? field.fitting : any(VALUES);
  }

  private Buffer truncated() {
    Buffer whole = object();
    return whole.slice(0, random.nextInt(whole.length()));
  }

  private Buffer noise() {
    byte[] bytes = new byte[random.nextInt(2_000)];
    random.nextBytes(bytes);
    return Buffer.buffer(bytes);
  }

  private Buffer damagedPicture() {
    byte[] bytes = picture.clone();
    for (int i = random.nextInt(4); i > 0; i--) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return Buffer.buffer(bytes).slice(0, bytes.length - random.nextInt(2) * (bytes.length / 3));
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
