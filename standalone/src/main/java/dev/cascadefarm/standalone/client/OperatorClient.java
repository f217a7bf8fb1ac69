package dev.cascadefarm.standalone.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.standalone.client.FailoverCalls.Call;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.util.Collection;
import java.util.Map;

/**
 * What operators ask of a farm; needs a token of role {@code admin}. Futures fail as those of
 * {@link FarmClient}. Thread-safe.
 */
public final class OperatorClient {
  private final FailoverCalls calls;

  OperatorClient(FailoverCalls calls) {
    this.calls = calls;
  }

  /** Workers heard of lately. */
  public Future<JsonNode> workers() {
    return calls.json(Call.get("/v1/workers"));
  }

  /** The queues of all bundles. */
  public Future<JsonNode> stages() {
    return calls.json(Call.get("/v1/stages"));
  }

  /** The tenants that the farm has heard of. */
  public Future<JsonNode> tenants() {
    return calls.json(Call.get("/v1/tenants"));
  }

  /** Keeps the tasks of a bundle from being claimed; answers the stage. */
  public Future<JsonNode> pauseStage(String bundle, String reason) {
    return post("/v1/stages/" + FarmClient.encode(bundle) + "/pause", because(reason));
  }

  /** Lets the tasks of a bundle be claimed again; answers the stage. */
  public Future<JsonNode> resumeStage(String bundle) {
    return calls.json(post("/v1/stages/" + FarmClient.encode(bundle) + "/resume"));
  }

  /** Keeps the tasks of a tenant from being claimed; answers the tenant. */
  public Future<JsonNode> pauseTenant(String tenant, String reason) {
    return post("/v1/tenants/" + FarmClient.encode(tenant) + "/pause", because(reason));
  }

  /** Lets the tasks of a tenant be claimed again; answers the tenant. */
  public Future<JsonNode> resumeTenant(String tenant) {
    return calls.json(post("/v1/tenants/" + FarmClient.encode(tenant) + "/resume"));
  }

  /** A page of tasks that will not be tried again; {@code cursor} is empty for the start. */
  public Future<JsonNode> dead(String cursor, int limit) {
    String from = cursor.isEmpty() ? "" : "&cursor=" + FarmClient.encode(cursor);
    return calls.json(Call.get("/v1/dead?limit=" + limit + from));
  }

  /** Takes up those tasks, at most a hundred; answers what became of each. */
  public Future<JsonNode> redrive(Collection<String> tasks) {
    ObjectNode body = WireJson.object();
    ArrayNode list = body.putArray("tasks");
    tasks.forEach(list::add);
    return post("/v1/dead/redrive", body);
  }

  /** Takes up the next of all dead tasks; {@code cursor} is empty for the start. */
  public Future<JsonNode> redriveAll(String cursor) {
    ObjectNode body = WireJson.object().put("all", true);
    return post("/v1/dead/redrive", cursor.isEmpty() ? body : body.put("cursor", cursor));
  }

  /** Has the queue audited now; answers what was found. */
  public Future<JsonNode> audit(boolean repair) {
    return post("/v1/audit", WireJson.object().put("repair", repair));
  }

  private static ObjectNode because(String reason) {
    return WireJson.object().put("reason", reason);
  }

  private Future<JsonNode> post(String path, ObjectNode body) {
    Map<String, String> headers = Map.of("Content-Type", "application/json");
    Buffer bytes = Buffer.buffer(WireJson.write(body));
    return calls.json(new Call(HttpMethod.POST, path, headers, bytes));
  }

  private static Call post(String path) {
    return new Call(HttpMethod.POST, path, Map.of(), null);
  }
}
