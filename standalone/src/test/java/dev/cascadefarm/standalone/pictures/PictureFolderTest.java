package dev.cascadefarm.standalone.pictures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureFolderTest {
  @TempDir Path directory;

  @Test
  void write_finalAndStage_namedAndWhole() throws IOException {
    PictureFolder folder = PictureFolder.of(directory, "job-1");
    Path last = folder.write(0, new byte[] {1, 2});
    Path stage = folder.write(3, "sr64", new byte[] {3});
    assertThat(last)
        .isEqualTo(directory.resolve("job-1/image-0.png"))
        .hasBinaryContent(bytes(1, 2));
    assertThat(stage).isEqualTo(directory.resolve("job-1/image-3.sr64.png"));
    assertThat(directory.resolve("job-1")).isDirectoryNotContaining("glob:**.part");
  }

  @Test
  void write_again_replaced() throws IOException {
    PictureFolder folder = PictureFolder.of(directory, "job-1");
    folder.write(0, new byte[] {1, 2});
    assertThat(folder.write(0, new byte[] {9})).hasBinaryContent(bytes(9));
  }

  @Test
  void of_idThatLeavesTheFolder_refused() {
    assertThatThrownBy(() -> PictureFolder.of(directory, "../job"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("../job");
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
