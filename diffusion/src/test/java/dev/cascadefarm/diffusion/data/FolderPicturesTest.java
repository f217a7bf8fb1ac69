package dev.cascadefarm.diffusion.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cascadefarm.diffusion.scenes.SceneDataset;
import dev.cascadefarm.diffusion.scenes.SceneSampler;
import dev.cascadefarm.diffusion.scenes.SceneSampler.Split;
import dev.cascadefarm.diffusion.scenes.Textures;
import dev.cascadefarm.diffusion.scenes.Wording;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FolderPicturesTest {
  private static final Rules STRICT = new Rules(8, false);
  private static final Rules LENIENT = new Rules(8, true);

  @TempDir Path folder;

  @BeforeEach
  void makeImages() throws IOException {
    Files.createDirectories(folder.resolve("images"));
    picture("a.png", 8, 8, 0xFF0000);
    picture("wide.png", 24, 8, 0x0000FF);
    picture("small.png", 8, 7, 0);
    Files.writeString(folder.resolve("images/broken.png"), "no picture");
    byte[] whole = Files.readAllBytes(folder.resolve("images/wide.png"));
    Files.write(folder.resolve("images/cut.png"), Arrays.copyOf(whole, whole.length - 30));
  }

  @Test
  void open_scenesWrittenByUs_samePixelsAndCaptions() throws IOException {
    SceneSampler sampler = new SceneSampler(5, Split.TRAIN, 0.5, Textures.BOLD);
    Path scenes = folder.resolve("scenes");
    new SceneDataset(sampler, Wording.PLAIN, 16, 3).write(scenes);
    FolderPictures pictures = FolderPictures.open(scenes, STRICT);
    ScenePictures drawn = new ScenePictures(sampler);
    assertThat(pictures.count()).isEqualTo(3);
    for (int i = 0; i < 3; i++) {
      assertThat(pictures.caption(i)).isEqualTo(drawn.caption(i));
      float[] expected = drawn.picture(i, 16).data();
      float[] read = pictures.picture(i, 16).data();
      for (int k = 0; k < read.length; k++) {
        assertThat(read[k]).isCloseTo(expected[k], within(0.5f / 255 + 1e-6f));
      }
    }
  }

  @Test
  void picture_widerThanHigh_middleSquareResized() throws IOException {
    BufferedImage image = new BufferedImage(24, 8, BufferedImage.TYPE_INT_RGB);
    for (int x = 8; x < 16; x++) {
      for (int y = 0; y < 8; y++) {
        image.setRGB(x, y, 0x00FF00);
      }
    }
    ImageIO.write(image, "png", folder.resolve("images/middle.png").toFile());
    captions(line("middle.png", "green"));
    HostTensor picture = FolderPictures.open(folder, STRICT).picture(0, 4);
    assertThat(picture.shape()).containsExactly(3, 4, 4);
    for (int i = 0; i < 48; i++) {
      assertThat(picture.data()[i]).isCloseTo(i / 16 == 1 ? 1 : 0, within(1e-5f));
    }
  }

  @Test
  void picture_gray_valuesAsStored() throws IOException {
    BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
    for (int p = 0; p < 64; p++) {
      image.getRaster().setSample(p % 8, p / 8, 0, 100);
    }
    ImageIO.write(image, "png", folder.resolve("images/gray.png").toFile());
    captions(line("gray.png", "gray"));
    HostTensor picture = FolderPictures.open(folder, STRICT).picture(0, 8);
    for (float each : picture.data()) {
      assertThat(each).isEqualTo(100 / 255f);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"file\": \"images/small.png\", \"caption\": \"x\"}"
            + "| 8×7 pixels (expected: at least 8 each)",
        "{\"file\": \"images/broken.png\", \"caption\": \"x\"}| no picture (expected: PNG",
        "{\"file\": \"images/none.png\", \"caption\": \"x\"}| missing (expected: a picture)",
        "{\"file\": \"images/a.png\", \"caption\": \" \"}| caption: \"\" (expected: words)",
        "{\"file\": \"images/a.png\"}| caption: missing (expected: text)",
        "{\"file\": 3, \"caption\": \"x\"}| file: 3 (expected: text)",
        "{\"file\": \"../a.png\", \"caption\": \"x\"}"
            + "| file: ../a.png (expected: a path inside the folder)",
        "{\"file\": \"/etc/passwd\", \"caption\": \"x\"}"
            + "| file: /etc/passwd (expected: a path inside the folder)",
        "{\"file\": \"images/a.png\", \"caption\": \"x\", \"tags\": 1}"
            + "| tags: unknown key (expected: file, caption, spec)",
        "[1]| [1] (expected: a JSON object)",
        "{\"file\": | (expected: JSON)",
      })
  void open_oneBadLine_errorNamesFileAndLine(String bad, String message) throws IOException {
    captions(line("a.png", "fine"), bad);
    assertThatThrownBy(() -> FolderPictures.open(folder, STRICT))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(folder.resolve("captions.jsonl") + ":2: ")
        .hasMessageContaining(message);
  }

  @Test
  void open_pictureCutOff_refused() throws IOException {
    captions(line("cut.png", "x"));
    assertThatThrownBy(() -> FolderPictures.open(folder, STRICT))
        .hasMessageContaining("captions.jsonl:1: ");
  }

  @Test
  void open_lenient_faultsCountedAndTheRestUsed() throws IOException {
    captions(
        line("a.png", "first"),
        line("small.png", "x"),
        line("broken.png", "x"),
        line("broken.png", "again"),
        line("none.png", "x"),
        line("a.png", ""),
        line("a.png", "word ".repeat(3000)),
        "",
        line("wide.png", "last"));
    FolderPictures pictures = FolderPictures.open(folder, LENIENT);
    assertThat(pictures.count()).isEqualTo(2);
    assertThat(List.of(pictures.caption(0), pictures.caption(1))).containsExactly("first", "last");
    assertThat(pictures.report().skipped())
        .isEqualTo(
            Map.of(
                Fault.SMALL_PICTURE, 1,
                Fault.UNREADABLE_PICTURE, 2,
                Fault.MISSING_PICTURE, 1,
                Fault.EMPTY_CAPTION, 1,
                Fault.LONG_CAPTION, 1));
    assertThat(pictures.report().summary())
        .isEqualTo(
            "2 examples, skipped: picture missing: 1, picture unreadable: 2, picture too small: 1,"
                + " caption empty: 1, caption too long: 1");
    assertThat(pictures.report().examples()).hasSize(5).first().asString().contains(".jsonl:6:");
  }

  @Test
  void open_nothingUsable_refusedEvenIfLenient() throws IOException {
    captions(line("small.png", "x"));
    assertThatThrownBy(() -> FolderPictures.open(folder, LENIENT))
        .hasMessageContaining(
            "0 examples, skipped: picture too small: 1 (expected: at least one); ")
        .hasMessageContaining("pixels (expected: at least ");
    captions();
    assertThatThrownBy(() -> FolderPictures.open(folder, LENIENT))
        .hasMessageEndingWith("captions.jsonl: 0 examples (expected: at least one)");
  }

  @Test
  void open_noCaptionsFile_refused() {
    assertThatThrownBy(() -> FolderPictures.open(folder.resolve("images"), STRICT))
        .hasMessageContaining("captions.jsonl: missing (expected: a line");
  }

  @Test
  void picture_removedLater_refusedByName() throws IOException {
    captions(line("a.png", "x"));
    FolderPictures pictures = FolderPictures.open(folder, STRICT);
    Files.delete(folder.resolve("images/a.png"));
    assertThatThrownBy(() -> pictures.picture(0, 8))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("though it was sound when the training began");
  }

  @Test
  void cached_fewBytes_oldestGoAndValuesStay() throws IOException {
    captions(line("a.png", "x"), line("wide.png", "y"));
    FolderPictures pictures = FolderPictures.open(folder, STRICT);
    CachedPictures cached = new CachedPictures(pictures, 4 * 3 * 64);
    HostTensor first = cached.picture(0, 8);
    assertThat(cached.picture(0, 8)).isSameAs(first);
    assertThat(cached.picture(1, 8)).isEqualTo(pictures.picture(1, 8));
    assertThat(cached.bytes()).isEqualTo(4 * 3 * 64);
    assertThat(cached.picture(0, 8)).isNotSameAs(first).isEqualTo(first);
  }

  private void picture(String name, int width, int height, int rgb) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int p = 0; p < width * height; p++) {
      image.setRGB(p % width, p / width, rgb + p);
    }
    ImageIO.write(image, "png", folder.resolve("images").resolve(name).toFile());
  }

  private void captions(String... lines) throws IOException {
    Files.write(folder.resolve("captions.jsonl"), List.of(lines));
  }

  private static String line(String file, String caption) {
    return "{\"file\": \"images/%s\", \"caption\": \"%s\"}".formatted(file, caption);
  }
}
