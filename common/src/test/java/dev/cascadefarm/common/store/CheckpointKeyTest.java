package dev.cascadefarm.common.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.job.TaskId;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class CheckpointKeyTest {
  private static final TaskId TASK = new TaskId("j", "base", 3);
  private static final byte[] CONTENT = "state".getBytes(StandardCharsets.UTF_8);
  private static final CheckpointKey KEY =
      CheckpointKey.of(ArtifactKeys.of("t", TASK, 2, "abc"), 17, CONTENT);

  @Test
  void of_attempt_keySaysRowAndHash() {
    assertThat(KEY.key())
        .isEqualTo("tenants/t/jobs/j/base/3/2-abc/checkpoint-17-" + KEY.sha256() + ".safetensors");
    assertThat(KEY.sha256()).isEqualTo(Sha256.hex(CONTENT)).hasSize(64);
  }

  @Test
  void parse_keyOfAnyAttemptAtTheTask_thereAndBack() {
    assertThat(CheckpointKey.parse("t", TASK, KEY.key())).contains(KEY);
  }

  @Test
  void parse_keyOfAnythingElse_empty() {
    assertThat(CheckpointKey.parse("u", TASK, KEY.key())).isEmpty();
    assertThat(CheckpointKey.parse("t", new TaskId("j", "base", 4), KEY.key())).isEmpty();
    assertThat(CheckpointKey.parse("t", new TaskId("j", "sr", 3), KEY.key())).isEmpty();
    String prefix = "tenants/t/jobs/j/base/3/";
    for (String name :
        new String[] {
          "",
          "2-abc/manifest.json",
          "2-abc/checkpoint-0-" + KEY.sha256() + ".safetensors",
          "2-abc/checkpoint-17-" + KEY.sha256().toUpperCase(Locale.ROOT) + ".safetensors",
          "2-abc/checkpoint-17-" + KEY.sha256(),
          "2-abc/../checkpoint-17-" + KEY.sha256() + ".safetensors",
          "checkpoint-17-" + KEY.sha256() + ".safetensors"
        }) {
      assertThat(CheckpointKey.parse("t", TASK, prefix + name)).as(name).isEmpty();
    }
  }
}
