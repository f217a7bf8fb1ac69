package dev.cascadefarm.diffusion.minimagen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratedImagesTest {
  @TempDir Path temporary;

  @Test
  void create_captions_minImagensFiles() throws IOException {
    Path folder = temporary.resolve("generated_images_x");
    List<String> captions = List.of("a happy dog", "ein müder Hund");
    GeneratedImages images = GeneratedImages.create(folder, captions, "training_x");
    assertThat(folder.resolve("captions.txt")).hasContent("a happy dog\nein müder Hund\n");
    assertThat(folder.resolve("imagen_training_directory.txt")).hasContent("training_x");
    assertThat(images.picture(1)).isEqualTo(folder.resolve("generated_images/image_1.png"));
    assertThat(GeneratedImages.open(folder)).isEqualTo(images);
    Files.createFile(images.picture(0));
    assertThatThrownBy(() -> GeneratedImages.create(folder, captions, "training_x"))
        .isInstanceOf(TrainingDirectoryException.class)
        .hasMessageContaining("generated_images: has files");
  }

  @Test
  void readCaptions_emptyLineOrFile_named() throws IOException {
    Path file = Files.writeString(temporary.resolve("c.txt"), "one\n \nthree\n");
    assertThatThrownBy(() -> GeneratedImages.readCaptions(file))
        .isInstanceOf(TrainingDirectoryException.class)
        .hasMessageContaining("c.txt:2: \" \" (expected: a caption in one line)");
    Files.writeString(file, "");
    assertThatThrownBy(() -> GeneratedImages.readCaptions(file))
        .hasMessageContaining("c.txt: no captions");
    assertThatThrownBy(() -> GeneratedImages.readCaptions(temporary.resolve("none.txt")))
        .isInstanceOf(TrainingDirectoryException.class)
        .hasMessageContaining("none.txt: cannot be read");
  }

  @Test
  void create_captionOfTwoLines_refused() {
    assertThatThrownBy(() -> GeneratedImages.create(temporary, List.of("a", "b\nc"), "t"))
        .isInstanceOf(TrainingDirectoryException.class)
        .hasMessageContaining("caption 2");
    assertThat(temporary).isEmptyDirectory();
  }
}
