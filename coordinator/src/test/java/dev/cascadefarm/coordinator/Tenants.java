package dev.cascadefarm.coordinator;

import static dev.cascadefarm.coordinator.CoordinatorFixture.await;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.queue.TaskQueue.Failure;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.common.queue.TenantLimits;
import dev.cascadefarm.coordinator.access.AccessConfig;
import dev.cascadefarm.coordinator.access.Caller;
import dev.cascadefarm.coordinator.access.Role;
import dev.cascadefarm.testing.TestStore;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A farm of several tenants, each with a token of each role. */
final class Tenants implements AutoCloseable {
  static final List<String> NAMES = List.of("acme", "globex");

  final CoordinatorFixture farm;

  private Tenants(CoordinatorFixture farm) {
    this.farm = farm;
  }

  static Tenants start(String redisUrl, TestStore store, Map<String, TenantLimits> limits) {
    Map<String, Caller> holders = new HashMap<>();
    for (String tenant : NAMES) {
      for (Role role : Role.values()) {
        holders.put(sha256(token(tenant, role)), Caller.of(tenant, role));
      }
    }
    CoordinatorConfig config =
        CoordinatorFixture.CONFIG.withAccess(new AccessConfig(holders, limits));
    return new Tenants(CoordinatorFixture.start(redisUrl, store, config));
  }

  static String token(String tenant, Role role) {
    return "token-of-" + tenant + "-to-" + role.word();
  }

  private static String sha256(String text) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** Sends a request; {@code body} may be absent, a document or a picture. */
  HttpResponse<Buffer> send(
      HttpMethod method, String path, @Nullable String token, @Nullable Object body) {
    HttpRequest<Buffer> request = farm.request(method, path);
    if (token != null) {
      request.bearerTokenAuthentication(token);
    }
    if (body instanceof byte[] picture) {
      return await(
          request.putHeader("Content-Type", "image/png").sendBuffer(Buffer.buffer(picture)));
    }
    return await(body == null ? request.send() : request.sendJson(body));
  }

  /** As an administrator of {@code acme}. */
  HttpResponse<Buffer> admin(HttpMethod method, String path, @Nullable Object body) {
    return send(method, path, token("acme", Role.ADMIN), body);
  }

  /** What an administrator reads there. */
  JsonObject read(String path) {
    return admin(HttpMethod.GET, path, null).bodyAsJsonObject();
  }

  /** What an administrator is answered. */
  HttpResponse<Buffer> post(String path, @Nullable JsonObject body) {
    return admin(HttpMethod.POST, path, body);
  }

  /** A fresh job of that tenant; its id. */
  String job(String tenant) {
    return submit(tenant, CoordinatorFixture.minimal()).bodyAsJsonObject().getString("id");
  }

  HttpResponse<Buffer> submit(String tenant, JsonObject body) {
    return send(HttpMethod.POST, "/v1/jobs", token(tenant, Role.SUBMIT), body);
  }

  /** Fails one task of a bundle for good; its id. */
  String kill(BundleId bundle) {
    LeasedTask task = farm.worker.claim(bundle, 1).get(0);
    Failure failure =
        new Failure(
            task.id(), farm.worker.id(), task.nonce(), Failure.Kind.PERMANENT, "no such colour");
    await(farm.queue.tasks().fail(failure));
    return task.id().toString();
  }

  @Override
  public void close() {
    farm.close();
  }
}
