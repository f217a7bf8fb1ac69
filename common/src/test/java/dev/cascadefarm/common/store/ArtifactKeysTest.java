package dev.cascadefarm.common.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.common.job.TaskId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArtifactKeysTest {
  private static final TaskId TASK = new TaskId("j1", "base", 3);

  @Test
  void key_namesTenantJobStageImageAttemptAndNonce() {
    ArtifactKeys keys = ArtifactKeys.of("default", TASK, 2, "n0nce");

    assertThat(keys.key("image.png"))
        .isEqualTo("tenants/default/jobs/j1/base/3/2-n0nce/image.png")
        .startsWith(keys.prefix())
        .startsWith(ArtifactKeys.jobPrefix("default", "j1"));
  }

  @Test
  void key_taskOfWholeJob_isNamedJob() {
    TaskId text = new TaskId("j1", "text", TaskId.WHOLE_JOB);

    assertThat(ArtifactKeys.of("default", text, 1, "n").prefix())
        .isEqualTo("tenants/default/jobs/j1/text/job/1-n/");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "../x", "a/b", "a\\b", ".hidden", "-x", "a b", "ä", "a\n"})
  void parts_illegal_areRefusedByName(String illegal) {
    ArtifactKeys keys = ArtifactKeys.of("default", TASK, 1, "n");

    assertThatThrownBy(() -> keys.key(illegal)).hasMessageStartingWith("name: '" + illegal);
    assertThatThrownBy(() -> ArtifactKeys.of(illegal, TASK, 1, "n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("tenant: '" + illegal);
    assertThatThrownBy(() -> ArtifactKeys.of("default", TASK, 1, illegal))
        .hasMessageStartingWith("nonce: '" + illegal);
    assertThatThrownBy(() -> ArtifactKeys.of("t", new TaskId("j", illegal, 0), 1, "n"))
        .hasMessageStartingWith("stage: '" + illegal);
    assertThatThrownBy(() -> ArtifactKeys.jobPrefix("t", illegal))
        .hasMessageStartingWith("job: '" + illegal);
  }

  @Test
  void parts_tooLong_areRefused() {
    assertThat(ArtifactKeys.jobPrefix("t".repeat(128), "j")).hasSizeGreaterThan(128);
    assertThatThrownBy(() -> ArtifactKeys.jobPrefix("t".repeat(129), "j"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void of_attemptZero_isRefused() {
    assertThatThrownBy(() -> ArtifactKeys.of("default", TASK, 0, "n"))
        .hasMessage("attempt: 0 (expected: >= 1)");
  }
}
