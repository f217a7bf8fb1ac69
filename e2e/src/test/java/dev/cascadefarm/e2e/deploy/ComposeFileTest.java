package dev.cascadefarm.e2e.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.standalone.config.ConfigInput;
import dev.cascadefarm.standalone.config.FarmConfig;
import dev.cascadefarm.standalone.config.InvalidConfigException;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code docker-compose.yml} against the compose specification, and against the farm itself. */
class ComposeFileTest {
  static final Map<String, String> VARIABLES =
      Map.of(
          "FARM_API_TOKEN", "a-token-of-the-compose-file",
          "REDIS_PASSWORD", "password",
          "FARM_S3_ACCESS_KEY", "access",
          "FARM_S3_SECRET_KEY", "secret-key");

  private final ComposeFile compose = ComposeFile.read();

  @Test
  void file_composeSpecification_fits() {
    OutputUnit result = validate(compose.document());
    assertThat(result.getValid()).as(() -> String.valueOf(result.getErrors())).isTrue();
  }

  @Test
  void file_misspelledKey_doesNotFit() {
    ObjectNode spoiled = compose.document().deepCopy();
    ((ObjectNode) spoiled.path("services").path("redis")).put("helthcheck", "none");
    assertThat(validate(spoiled).getValid()).isFalse();
  }

  @Test
  void environment_everyFarmService_isKnownToTheFarm(@TempDir Path folder) {
    assertThat(compose.farmServices()).hasSizeGreaterThanOrEqualTo(4);
    compose.farmServices().forEach((name, service) -> load(folder, service.environment(VARIABLES)));
  }

  @Test
  void environment_misspelledVariable_isRefused(@TempDir Path folder) {
    Map<String, String> spoiled =
        new TreeMap<>(compose.farmServices().get("coordinator").environment(VARIABLES));
    spoiled.put("FARM_REDIS_ULR", "redis://redis:6379");
    assertThatThrownBy(() -> load(folder, spoiled))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("FARM_REDIS_ULR");
  }

  @Test
  void workers_shippedCascade_oneServiceForEachStage() {
    var stages =
        Catalogue.read(Path.of("").toAbsolutePath().resolveSibling("catalogue"))
            .cascade("scenes")
            .orElseThrow()
            .stages()
            .stream()
            .map(stage -> "scenes/" + stage.name())
            .toList();
    var served =
        compose.farmServices().values().stream()
            .filter(service -> service.command().get(0).equals("worker"))
            .map(service -> service.command().get(service.command().indexOf("--stage") + 1))
            .toList();
    assertThat(served).containsExactlyInAnyOrderElementsOf(stages);
  }

  @Test
  void cluster_everyFarmService_isAMember() {
    compose
        .farmServices()
        .values()
        .forEach(
            service ->
                assertThat(service.environment().get("FARM_CLUSTER_MEMBERS").split(","))
                    .extracting(member -> member.replaceFirst(":5701$", ""))
                    .containsExactlyInAnyOrderElementsOf(compose.farmServices().keySet()));
  }

  @Test
  void coordinator_beyondLoopback_hasAToken() {
    Map<String, String> environment = compose.farmServices().get("coordinator").environment();
    assertThat(environment).containsEntry("FARM_API_HOST", "0.0.0.0");
    assertThat(environment.get("FARM_API_TOKEN")).matches("\\$\\{FARM_API_TOKEN:\\?.*}");
  }

  @Test
  void redis_settings_loseNoJob() {
    assertThat(compose.service("redis").path("command").toString())
        .contains("\"--appendonly\",\"yes\"", "\"--appendfsync\",\"always\"")
        .contains("\"--maxmemory-policy\",\"noeviction\"", "\"--requirepass\"");
  }

  private static void load(Path folder, Map<String, String> environment) {
    FarmConfig.load(new ConfigInput(null, folder, environment, Map.of()));
  }

  private static OutputUnit validate(JsonNode document) {
    JsonSchemaOptions options =
        new JsonSchemaOptions()
            .setDraft(Draft.DRAFT202012)
            .setBaseUri("https://cascadefarm.dev/")
            .setOutputFormat(OutputFormat.Basic);
    return Validator.create(JsonSchema.of(new JsonObject(schema())), options)
        .validate(new JsonObject(document.toString()));
  }

  private static String schema() {
    String name = "compose-spec.json";
    try (InputStream in = ComposeFileTest.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
