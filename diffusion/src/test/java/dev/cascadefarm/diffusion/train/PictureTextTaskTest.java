package dev.cascadefarm.diffusion.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cascadefarm.diffusion.data.CaptionedPictures;
import dev.cascadefarm.diffusion.data.DataSplit;
import dev.cascadefarm.diffusion.data.ScenePictures;
import dev.cascadefarm.diffusion.data.Vocabulary;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.scenes.CaptionGrammar;
import dev.cascadefarm.diffusion.scenes.SceneSampler;
import dev.cascadefarm.diffusion.scenes.SceneSampler.Split;
import dev.cascadefarm.diffusion.scenes.Textures;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.text.TextEncoder;
import dev.cascadefarm.diffusion.text.TextEncoderConfig;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import dev.cascadefarm.diffusion.train.StageData.Frame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("engine")
class PictureTextTaskTest {
  private static final ScenePictures SCENES =
      new ScenePictures(new SceneSampler(5, Split.TRAIN, 0.5, Textures.BOLD));
  private static final int SIDE = 64;

  @TempDir Path folder;

  @Test
  void batch_gainOfOne_picturesAsTheyAre() throws IOException {
    float[] targets = targets(1);
    float[] picture = SCENES.picture(2, SIDE).data();
    for (int i = 0; i < picture.length; i++) {
      assertThat(targets[i]).isCloseTo(2 * picture[i] - 1, within(1e-6f));
    }
  }

  @Test
  void batch_gainOfFour_detailsFourTimesMeansTheSame() throws IOException {
    float[] plain = targets(1);
    float[] strong = targets(4);
    for (int cell = 0; cell < 16 * 16; cell++) {
      double mean = 0;
      double strongMean = 0;
      for (int k = 0; k < 16; k++) {
        mean += plain[pixel(cell, k)] / 16;
        strongMean += strong[pixel(cell, k)] / 16;
      }
      assertThat(strongMean).isCloseTo(mean, within(1e-5));
      for (int k = 0; k < 16; k++) {
        assertThat(strong[pixel(cell, k)] - mean)
            .isCloseTo(4 * (plain[pixel(cell, k)] - mean), within(1e-5));
      }
    }
  }

  @Test
  void stageWeights_encoderAlone() throws IOException {
    try (WordTokenizer tokenizer = tokenizer()) {
      HostTensor one = HostTensor.of(new float[] {1}, 1);
      assertThat(
              task(tokenizer, 1)
                  .stageWeights(Map.of("encoder.norm.weight", one, "decoder.queries", one)))
          .isEqualTo(Map.of("norm.weight", one));
    }
  }

  @Test
  void vocabulary_captions_mostFrequentFirst() {
    List<String> captions = List.of("A dog", "a  cat", "the DOG.", "a bird");
    assertThat(Vocabulary.of(new Fixed(captions)))
        .containsExactly("a", "bird", "cat", "dog", "dog.", "the");
  }

  private static int pixel(int cell, int k) {
    return (cell / 16 * 4 + k / 4) * SIDE + cell % 16 * 4 + k % 4;
  }

  /** The second batch of two examples: the first picture. */
  private float[] targets(double gain) throws IOException {
    try (WordTokenizer tokenizer = tokenizer()) {
      List<Input> inputs = task(tokenizer, gain).batch(1);
      assertThat(((Input.Longs) inputs.get(0)).shape()).containsExactly(2, 20);
      HostTensor pictures = ((Input.Floats) inputs.get(2)).tensor();
      assertThat(pictures.shape()).containsExactly(2, 3, SIDE, SIDE);
      return Arrays.copyOf(pictures.data(), 3 * SIDE * SIDE);
    }
  }

  private static PictureTextTask task(WordTokenizer tokenizer, double gain) {
    int words = WordTokenizer.vocabularySize(CaptionGrammar.vocabulary());
    TextEncoder encoder = new TextEncoder(new TextEncoderConfig(words, 20, 8, 1, 2));
    StageData data = new StageData(new DataSplit(SCENES, null), new Frame(SIDE, 0, SIDE), 2, 0, 1);
    return new PictureTextTask(encoder, data, tokenizer, gain);
  }

  private WordTokenizer tokenizer() throws IOException {
    Path file =
        Files.write(
            folder.resolve("tokenizer.json"), WordTokenizer.file(CaptionGrammar.vocabulary()));
    return WordTokenizer.load(file, 20);
  }

  private record Fixed(List<String> captions) implements CaptionedPictures {
    @Override
    public long count() {
      return captions.size();
    }

    @Override
    public String caption(long index) {
      return captions.get((int) index);
    }

    @Override
    public HostTensor picture(long index, int side) {
      throw new UnsupportedOperationException();
    }
  }
}
