package dev.cascadefarm.standalone.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettingsTest {
  private static final Path REFERENCE = Path.of("..", "docs", "configuration.md");

  @Test
  void all_keysAndVariables_unique() {
    assertThat(Settings.ALL).extracting(Setting::key).doesNotHaveDuplicates();
    assertThat(Settings.ALL).extracting(Setting::variable).doesNotHaveDuplicates();
  }

  @Test
  void all_fixedNames_areThere() {
    assertThat(Settings.ALL)
        .extracting(Setting::variable)
        .contains(
            "FARM_REDIS_URL",
            "FARM_S3_ENDPOINT",
            "FARM_S3_ACCESS_KEY",
            "FARM_S3_SECRET_KEY",
            "FARM_S3_BUCKET",
            "FARM_API_TOKEN",
            "FARM_CATALOGUE")
        .doesNotContain(ConfigSources.HOME, ConfigSources.JAVA_OPTIONS);
  }

  @Test
  void all_defaults_areOfTheirKind() {
    assertThat(Settings.ALL)
        .filteredOn(setting -> setting.fallback() != null)
        .allMatch(setting -> setting.kind().reader().apply(setting.fallback()).isPresent());
  }

  @Test
  void secrets_credentials_areMarked() {
    assertThat(Settings.ALL)
        .filteredOn(Setting::secret)
        .extracting(Setting::key)
        .containsExactlyInAnyOrder("api.token", "redis.url", "s3.access-key", "s3.secret-key");
  }

  /** The reference's table is this, line by line; copy the expected lines there after a change. */
  @Test
  void reference_table_isOfTheCode() throws IOException {
    List<String> rows =
        Files.readAllLines(REFERENCE).stream().filter(line -> line.startsWith("| `")).toList();
    assertThat(rows).containsExactlyElementsOf(Settings.ALL.stream().map(this::row).toList());
  }

  private String row(Setting<?> setting) {
    String fallback = setting.fallback() == null ? "" : "`" + setting.fallback() + "`";
    return String.format(
        "| `%s` | `%s` | %s | %s | %s |",
        setting.key(),
        setting.variable(),
        setting.kind().expected(),
        fallback.equals("``") ? "" : fallback,
        setting.meaning());
  }
}
