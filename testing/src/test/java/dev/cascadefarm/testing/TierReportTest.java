package dev.cascadefarm.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

class TierReportTest {

  private final List<String> lines = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();

  @Test
  void report_allPass_isOneLine() {
    run(Passing.class);

    assertThat(lines).hasSize(1);
    assertThat(lines.get(0)).matches("tier unit · testing · 1 passed, 0 failed, 0 skipped · .* s");
    assertThat(failures).isEmpty();
  }

  @Test
  void report_skips_areNamedWithReasonAndFailTheRun() {
    run(Skipping.class);

    assertThat(lines.get(0)).contains("0 passed, 0 failed, 2 skipped");
    assertThat(lines)
        .anyMatch(line -> line.contains("Skipping.disabled: ") && line.contains("no reason"))
        .anyMatch(line -> line.contains("Skipping.assuming: ") && line.contains("no GPU"));
    assertThat(failures).hasSize(1);
  }

  @Test
  void report_brokenClass_countsAsFailed() {
    run(Broken.class);

    assertThat(lines).hasSize(1);
    assertThat(lines.get(0)).contains("0 passed, 1 failed, 0 skipped");
  }

  @Test
  void report_noTests_isSilent() {
    run(Empty.class);

    assertThat(lines).isEmpty();
  }

  private void run(Class<?> tests) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(DiscoverySelectors.selectClass(tests))
            .build();
    LauncherConfig alone =
        LauncherConfig.builder()
            .enableTestExecutionListenerAutoRegistration(false)
            .addTestExecutionListeners(new TierReport(lines::add, () -> failures.add("failed")))
            .build();
    LauncherFactory.create(alone).execute(request);
  }

  static class Passing {
    @Test
    void passes() {}
  }

  static class Skipping {
    @Test
    @Disabled("no reason")
    void disabled() {}

    @Test
    void assuming() {
      Assumptions.assumeTrue(false, "no GPU");
    }
  }

  static class Broken {
    @BeforeAll
    static void breaks() {
      assertThat("state").isEqualTo("broken");
    }

    @Test
    void neverRuns() {}
  }

  static class Empty {}
}
