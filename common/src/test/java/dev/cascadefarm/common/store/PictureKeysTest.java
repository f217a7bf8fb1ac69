package dev.cascadefarm.common.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.common.cascade.RequestField;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PictureKeysTest {
  @Test
  void keys_nameTheTenantFirst_andAJobsOwnLiesWithTheJob() {
    assertThat(PictureKeys.upload("t1", "abc"))
        .isEqualTo("tenants/t1/uploads/abc.png")
        .startsWith(PictureKeys.uploads("t1"));
    assertThat(PictureKeys.given("t1", "j1", RequestField.INIT_IMAGE_B))
        .isEqualTo("tenants/t1/jobs/j1/request/init_image_b.png")
        .startsWith(ArtifactKeys.jobPrefix("t1", "j1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", "../x", "a/b", ".hidden"})
  void parts_illegal_areRefused(String illegal) {
    assertThatThrownBy(() -> PictureKeys.upload("t1", illegal))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> PictureKeys.upload(illegal, "abc"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> PictureKeys.given("t1", illegal, RequestField.INIT_IMAGE))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
