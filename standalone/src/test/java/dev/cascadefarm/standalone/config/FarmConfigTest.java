package dev.cascadefarm.standalone.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FarmConfigTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = directory.resolve("farm.yaml");
  }

  @Test
  void load_nothing_defaults() {
    FarmConfig config = load(Map.of(), Map.of());
    assertThat(config.get(ApiSettings.PORT)).isEqualTo(8080);
    assertThat(config.get(ApiSettings.HOST)).isEqualTo("127.0.0.1");
    assertThat(config.find(ApiSettings.TOKEN)).isEmpty();
    assertThat(config.get(ApiSettings.ORIGINS)).isEmpty();
    assertThat(config.catalogue()).isEqualTo(Path.of("./catalogue"));
  }

  @Test
  void load_threeSources_flagsBeatEnvironmentBeatsFile() throws IOException {
    write("api: {port: 1, host: localhost, origins: ['https://a', 'https://b']}\nqueue.lease: 7s");
    Map<String, String> environment = Map.of("FARM_API_PORT", "2", "FARM_QUEUE_LEASE", "8s");
    FarmConfig config = load(environment, Map.of("api.port", "3"));
    assertThat(config.get(ApiSettings.PORT)).isEqualTo(3);
    assertThat(config.get(QueueSettings.LEASE)).isEqualTo(Duration.ofSeconds(8));
    assertThat(config.get(ApiSettings.HOST)).isEqualTo("localhost");
    assertThat(config.get(ApiSettings.ORIGINS)).isEqualTo(List.of("https://a", "https://b"));
  }

  @Test
  void load_launchersVariables_areTheirs() {
    Map<String, String> environment =
        Map.of("FARM_HOME", "/opt/farm", "FARM_JAVA_OPTS", "-Xmx1g", "FARMING", "no");
    assertThat(load(environment, Map.of()).catalogue()).isEqualTo(Path.of("/opt/farm/catalogue"));
  }

  @Test
  void load_catalogueGiven_notOfHome() {
    Map<String, String> environment = Map.of("FARM_HOME", "/opt/farm", "FARM_CATALOGUE", "mine");
    assertThat(load(environment, Map.of()).catalogue()).isEqualTo(Path.of("mine"));
  }

  @Test
  void load_unknownKeyInFile_namesKeyValueAndNearest() throws IOException {
    write("api:\n  prot: 8081\n");
    assertRefused(Map.of(), "farm.yaml", "api.prot", "8081", "perhaps api.port");
  }

  @Test
  void load_unknownVariable_namesItAndNearest() {
    assertRefused(
        Map.of("FARM_REDIS_ULR", "redis://x"), "FARM_REDIS_ULR", "perhaps FARM_REDIS_URL");
  }

  @Test
  void load_malformedValue_namesKeyValueSourceAndExpectation() throws IOException {
    write("worker.slots: 0.5");
    assertRefused(Map.of(), "worker.slots: 0.5", "farm.yaml", "expected: 1 to 64");
    Files.delete(file);
    assertRefused(Map.of("FARM_QUEUE_LEASE", "30"), "queue.lease: 30", "the environment", "a unit");
    assertRefused(Map.of("FARM_API_PORT", "65536"), "api.port: 65536", "0 to 65535");
    assertRefused(Map.of("FARM_S3_ENDPOINT", "localhost:9000"), "s3.endpoint", "http://");
  }

  @Test
  void load_malformedSecret_isNotShown() {
    assertThatThrownBy(() -> load(Map.of("FARM_REDIS_URL", "http://:hunter2@x:1"), Map.of()))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("redis.url")
        .hasMessageNotContaining("hunter2");
  }

  @Test
  void load_fileThatIsNoYaml_namesFile() throws IOException {
    write("api: [unclosed");
    assertRefused(Map.of(), "farm.yaml");
  }

  @Test
  void load_fileAskedForAndMissing_refused() {
    Path missing = directory.resolve("other.yaml");
    assertThatThrownBy(
            () -> FarmConfig.load(new ConfigInput(missing, directory, Map.of(), Map.of())))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("other.yaml");
  }

  @Test
  void load_emptyVariable_isAbsent() {
    assertThat(load(Map.of("FARM_API_TOKEN", ""), Map.of()).find(ApiSettings.TOKEN)).isEmpty();
  }

  @Test
  void get_absentWithoutDefault_namesVariable() {
    assertThatThrownBy(() -> load(Map.of(), Map.of()).get(QueueSettings.REDIS_URL))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("redis.url: not set")
        .hasMessageContaining("FARM_REDIS_URL");
  }

  @Test
  void with_value_beatsEverySource() {
    FarmConfig config = load(Map.of(), Map.of("api.port", "3"));
    assertThat(config.with(Map.of(ApiSettings.PORT, "4")).get(ApiSettings.PORT)).isEqualTo(4);
    assertThat(config.get(ApiSettings.PORT)).isEqualTo(3);
  }

  private void assertRefused(Map<String, String> environment, String... parts) {
    assertThatThrownBy(() -> load(environment, Map.of()))
        .isInstanceOf(InvalidConfigException.class)
        .message()
        .contains(parts);
  }

  private FarmConfig load(Map<String, String> environment, Map<String, String> flags) {
    return FarmConfig.load(new ConfigInput(null, directory, environment, flags));
  }

  private void write(String yaml) throws IOException {
    Files.writeString(file, yaml);
  }
}
