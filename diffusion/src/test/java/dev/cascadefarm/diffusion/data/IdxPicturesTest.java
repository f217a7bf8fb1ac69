package dev.cascadefarm.diffusion.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.stage.HostTensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxPicturesTest {
  private static final LabelCaptions CAPTIONS =
      new LabelCaptions(List.of("zero", "one"), List.of("a {label}", "the digit {label}"));

  @TempDir Path folder;

  @Test
  void open_plainAndGzipped_sameExamples() throws IOException {
    IdxPictures plain = open(0, 2);
    Path zipped = folder.resolve("pictures.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
      out.write(Files.readAllBytes(folder.resolve("pictures")));
    }
    IdxPictures unzipped =
        IdxPictures.open(new IdxPictures.Files(zipped, folder.resolve("labels"), 0), CAPTIONS, 2);
    assertThat(unzipped.count()).isEqualTo(plain.count()).isEqualTo(3);
    assertThat(unzipped.picture(2, 2)).isEqualTo(plain.picture(2, 2));
  }

  @Test
  void picture_threeEqualChannels() throws IOException {
    assertThat(open(0, 2).picture(1, 2).data())
        .containsExactly(
            4 / 255f, 5 / 255f, 6 / 255f, 7 / 255f, 4 / 255f, 5 / 255f, 6 / 255f, 7 / 255f,
            4 / 255f, 5 / 255f, 6 / 255f, 7 / 255f);
  }

  @Test
  void picture_border_blackAround() throws IOException {
    HostTensor picture = open(1, 4).picture(0, 4);
    assertThat(picture.shape()).containsExactly(3, 4, 4);
    assertThat(picture.data()[5]).isZero();
    assertThat(picture.data()[6]).isEqualTo(1 / 255f);
    assertThat(picture.data()[10]).isEqualTo(3 / 255f);
    assertThat(picture.data()[15]).isZero();
  }

  @Test
  void caption_templates_allUsedAndTheSameEveryTime() throws IOException {
    IdxPictures pictures = open(0, 2);
    assertThat(pictures.caption(0)).matches("(a|the digit) one").isEqualTo(pictures.caption(0));
    List<String> many = LongStream.range(0, 50).mapToObj(i -> CAPTIONS.caption(1, i)).toList();
    assertThat(many).contains("a one", "the digit one");
  }

  @Test
  void open_smallerThanTheStage_refused() throws IOException {
    write(3);
    assertThatThrownBy(() -> open(0, 3))
        .hasMessage(
            folder.resolve("pictures") + ": 2 pixels with the border (expected: at least 3)");
  }

  @Test
  void open_countsDiffer_refused() throws IOException {
    write(2);
    assertThatThrownBy(() -> IdxPictures.open(files(0), CAPTIONS, 2))
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith("labels: 2 labels (expected: 3, one for each picture)");
  }

  @Test
  void open_unknownLabel_refused() throws IOException {
    write(3);
    LabelCaptions one = new LabelCaptions(List.of("zero"), List.of("{label}"));
    assertThatThrownBy(() -> IdxPictures.open(files(0), one, 2))
        .hasMessageEndingWith(
            "labels: label 1 of picture 0 (expected: below 1, the number of names)");
  }

  @Test
  void open_otherFilesOrCutOff_refused() throws IOException {
    write(3);
    assertThatThrownBy(
            () ->
                IdxPictures.open(
                    new IdxPictures.Files(folder.resolve("labels"), folder.resolve("pictures"), 0),
                    CAPTIONS,
                    2))
        .hasMessageContaining("starts with 00000801 (expected: 00000803, bytes of 3 dimensions)");
    byte[] whole = Files.readAllBytes(folder.resolve("pictures"));
    Files.write(folder.resolve("pictures"), Arrays.copyOf(whole, whole.length - 1));
    assertThatThrownBy(() -> IdxPictures.open(files(0), CAPTIONS, 2))
        .hasMessageContaining("11 bytes (expected: 12, as its sizes say)");
    Files.write(folder.resolve("pictures"), new byte[2]);
    assertThatThrownBy(() -> IdxPictures.open(files(0), CAPTIONS, 2))
        .hasMessageContaining("cannot be read");
    Files.write(
        folder.resolve("pictures"),
        ByteBuffer.allocate(16).putInt(0x803).putInt(1 << 20).putInt(1 << 20).putInt(9).array());
    assertThatThrownBy(() -> IdxPictures.open(files(0), CAPTIONS, 2))
        .hasMessageContaining("at most 2^30 bytes");
  }

  @Test
  void captions_impossible_refusedByName() {
    assertThatThrownBy(() -> new LabelCaptions(List.of("a"), List.of("a digit")))
        .hasMessage("template: a digit (expected: with {label})");
    assertThatThrownBy(() -> LabelCaptions.namesOf("cifar")).hasMessageContaining("names: cifar");
    assertThat(LabelCaptions.namesOf("mnist")).hasSize(10);
    assertThat(LabelCaptions.namesOf("fashion-mnist")).hasSize(10).contains("ankle boot");
  }

  private IdxPictures open(int border, int side) throws IOException {
    write(3);
    return IdxPictures.open(files(border), CAPTIONS, side);
  }

  private IdxPictures.Files files(int border) {
    return new IdxPictures.Files(folder.resolve("pictures"), folder.resolve("labels"), border);
  }

  /** Three pictures of 2×2 pixels of values 0 to 11, and so many labels: one, zero, one. */
  private void write(int labels) throws IOException {
    ByteBuffer pictures = ByteBuffer.allocate(28).putInt(0x803).putInt(3).putInt(2).putInt(2);
    for (byte i = 0; i < 12; i++) {
      pictures.put(i);
    }
    Files.write(folder.resolve("pictures"), pictures.array());
    ByteBuffer names = ByteBuffer.allocate(8 + labels).putInt(0x801).putInt(labels);
    for (int i = 0; i < labels; i++) {
      names.put((byte) ((i + 1) % 2));
    }
    Files.write(folder.resolve("labels"), names.array());
  }
}
