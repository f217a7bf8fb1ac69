package dev.cascadefarm.common.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StoreConfigTest {
  private static final StoreConfig CONFIG =
      StoreConfig.of("http://127.0.0.1:9000", "access", "hidden-secret", "farm");

  @Test
  void toString_hidesTheSecretKey() {
    assertThat(CONFIG.toString()).contains("http://127.0.0.1:9000").doesNotContain("hidden");
  }

  @Test
  void of_malformed_isRefusedByName() {
    assertThatThrownBy(() -> StoreConfig.of("ftp://x", "a", "s", "farm"))
        .hasMessageStartingWith("endpoint: ftp://x");
    assertThatThrownBy(() -> StoreConfig.of("http://x", "a", "s", "No_Bucket"))
        .hasMessageStartingWith("bucket: No_Bucket");
    assertThatThrownBy(() -> CONFIG.withDeadline(Duration.ZERO))
        .hasMessageStartingWith("deadline: PT0S");
    assertThatThrownBy(() -> CONFIG.withMaxObjectBytes(0))
        .hasMessageStartingWith("max_object_bytes: 0");
  }
}
