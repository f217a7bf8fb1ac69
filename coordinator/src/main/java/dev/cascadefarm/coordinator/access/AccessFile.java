package dev.cascadefarm.coordinator.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.queue.TenantLimits;
import dev.cascadefarm.common.schema.Fault;
import dev.cascadefarm.common.schema.SchemaCheck;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The YAML file that names tokens and tenants. What is wrong with it is said with file, line and
 * key, and without what may be a secret.
 */
final class AccessFile {
  private static final long MAX_BYTES = 1 << 20;
  private static final Pattern TENANT = Pattern.compile("[a-z0-9-]{1,64}");

  /** Keys of a token whose values may be shown. */
  private static final Set<String> PLAIN = Set.of("tenant", "role", "name");

  private static final ObjectMapper YAML =
      YAMLMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final Path file;
  private final YamlLines lines;
  private final Map<String, String> seen = new HashMap<>();
  private final Map<String, Caller> holders = new HashMap<>();
  private final Map<String, TenantLimits> tenants = new HashMap<>();

  private AccessFile(Path file, YamlLines lines) {
    this.file = file;
    this.lines = lines;
  }

  /**
   * Reads it.
   *
   * @throws InvalidAccessFileException if it cannot be used
   */
  static AccessConfig read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new InvalidAccessFileException(file + ": missing (expected: a YAML file)");
    }
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new InvalidAccessFileException(
            file + ": " + Files.size(file) + " bytes (expected: at most " + MAX_BYTES + ")");
      }
      byte[] text = Files.readAllBytes(file);
      return new AccessFile(file, YamlLines.of(YAML, text)).config(YAML.readTree(text));
    } catch (JsonProcessingException e) {
      throw new InvalidAccessFileException(
          file + line(e) + ": not YAML (expected: one YAML object)", e);
    } catch (IOException e) {
      throw new InvalidAccessFileException(file + ": cannot be read: " + e, e);
    }
  }

  private AccessConfig config(JsonNode document) {
    lines.repeated().stream()
        .findFirst()
        .ifPresent(
            field -> {
              throw fault(new Fault(field, null, "twice", "once"));
            });
    List<Fault> faults =
        document.isObject()
            ? schema().faults(document)
            : List.of(new Fault("", null, "hidden", "an object with tokens and tenants"));
    if (!faults.isEmpty()) {
      throw fault(hidden(faults.get(0)));
    }
    int index = 0;
    for (JsonNode token : document.path("tokens")) {
      addToken("tokens." + index++, token);
    }
    document
        .path("tenants")
        .properties()
        .forEach(each -> addTenant(each.getKey(), each.getValue()));
    return new AccessConfig(holders, tenants);
  }

  private void addToken(String field, JsonNode token) {
    String tenant = token.path("tenant").textValue();
    requireTenant(field + ".tenant", tenant);
    if (token.has("token") == token.has("sha256")) {
      String found = token.has("token") ? "two tokens" : "no token";
      throw fault(new Fault(field, null, found, "one of token and sha256"));
    }
    String hash =
        token.has("token")
            ? TokenHash.of(token.get("token").textValue())
            : token.get("sha256").textValue();
    String before = seen.putIfAbsent(hash, field);
    if (before != null) {
      throw fault(new Fault(field, null, "the token of " + before, "each token once"));
    }
    Role role = Role.of(token.get("role").textValue());
    holders.put(
        hash,
        token.has("name")
            ? new Caller(tenant, role, token.get("name").textValue())
            : Caller.of(tenant, role));
  }

  private void addTenant(String name, JsonNode limits) {
    String field = "tenants." + name;
    requireTenant(field, name);
    if (limits.has("submits_per_second") != limits.has("burst")) {
      String absent = limits.has("burst") ? "submits_per_second" : "burst";
      throw fault(Fault.missing(field + "." + absent, "submits_per_second and burst together"));
    }
    tenants.put(name, limits(limits));
  }

  private static TenantLimits limits(JsonNode limits) {
    return new TenantLimits(
        limits.path("weight").asDouble(TenantLimits.NONE.weight()),
        limits.has("in_flight") ? limits.get("in_flight").intValue() : null,
        limits.has("backlog") ? limits.get("backlog").intValue() : null,
        limits.has("burst")
            ? new TenantLimits.Rate(
                limits.get("submits_per_second").doubleValue(), limits.get("burst").intValue())
            : null);
  }

  private void requireTenant(String field, String name) {
    if (!TENANT.matcher(name).matches()) {
      throw fault(new Fault(field, null, '"' + name + '"', "1 to 64 of a-z, 0-9 and -"));
    }
  }

  /** Whatever stands under a wrong key, or in the wrong form, may be a token. */
  private static Fault hidden(Fault fault) {
    String[] path = fault.field().split("\\.", -1);
    boolean shown = fault.value() == null || path[0].equals("tenants");
    shown |= path.length == 3 && PLAIN.contains(path[2]);
    return shown ? fault : new Fault(fault.field(), null, "hidden", fault.expected());
  }

  private InvalidAccessFileException fault(Fault fault) {
    return new InvalidAccessFileException(file + lines.of(fault.field()) + ": " + fault);
  }

  /** The parser's own words would quote the line, token included. */
  private static String line(JsonProcessingException e) {
    return e.getLocation() == null ? "" : ":" + e.getLocation().getLineNr();
  }

  private static SchemaCheck schema() {
    try (InputStream in = AccessFile.class.getResourceAsStream("access.schema.json")) {
      return SchemaCheck.of(WireJson.MAPPER.readTree(Objects.requireNonNull(in)));
    } catch (IOException e) {
      throw new IllegalStateException("access.schema.json", e);
    }
  }
}
