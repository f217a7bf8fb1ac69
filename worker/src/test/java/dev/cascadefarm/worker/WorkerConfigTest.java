package dev.cascadefarm.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.worker.checkpoint.CheckpointConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class WorkerConfigTest {
  private final WorkerConfig defaults = WorkerConfig.defaults();

  @Test
  void defaults_areThoseOfTheDocumentation() {
    assertThat(defaults.slots()).isEqualTo(4);
    assertThat(defaults.device()).isEqualTo("cpu");
    assertThat(defaults.previewInterval()).isEqualTo(Duration.ofMillis(500));
    assertThat(defaults.previewSide()).isEqualTo(128);
    assertThat(defaults.checkpoints()).isEqualTo(CheckpointConfig.defaults());
    assertThat(defaults.limits().outageAllowance()).isEqualTo(Duration.ofMinutes(10));
    assertThat(defaults.limits().drain()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void with_changesOneSettingOnly() {
    assertThat(defaults.withSlots(8))
        .isEqualTo(new WorkerConfig(8, "cpu", Duration.ofMillis(500), 128, defaults.limits()));
    assertThat(defaults.withDevice("cuda:1").withPreviewInterval(Duration.ZERO))
        .isEqualTo(new WorkerConfig(4, "cuda:1", Duration.ZERO, 128, defaults.limits()));
  }

  @Test
  void with_laterChanges_keepTheCheckpoints() {
    CheckpointConfig every = CheckpointConfig.every(3);
    assertThat(
            defaults
                .withCheckpoints(every)
                .withSlots(2)
                .withDevice("cuda:0")
                .withPreviewInterval(Duration.ZERO)
                .withLimits(defaults.limits()))
        .isEqualTo(new WorkerConfig(2, "cuda:0", Duration.ZERO, 128, every, defaults.limits()));
  }

  @Test
  void malformedSetting_isNamedWithItsValue() {
    assertRefused(() -> defaults.withSlots(0), "slots: 0");
    assertRefused(() -> defaults.withSlots(65), "slots: 65");
    assertRefused(() -> defaults.withDevice("gpu"), "device: gpu");
    assertRefused(
        () -> defaults.withPreviewInterval(Duration.ofMillis(-1)), "preview_interval: PT-0.001S");
    assertRefused(
        () -> new WorkerConfig(4, "cpu", Duration.ZERO, 8, defaults.limits()), "preview_side: 8");
  }

  private static void assertRefused(Runnable making, String message) {
    assertThatThrownBy(making::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message)
        .hasMessageContaining("(expected: ");
  }
}
