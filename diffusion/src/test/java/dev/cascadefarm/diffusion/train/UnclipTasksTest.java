package dev.cascadefarm.diffusion.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.data.CaptionedPictures;
import dev.cascadefarm.diffusion.data.DataSplit;
import dev.cascadefarm.diffusion.data.FirstPictures;
import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import dev.cascadefarm.diffusion.train.StageData.Frame;
import dev.cascadefarm.diffusion.train.Trainer.Outcome;
import dev.cascadefarm.diffusion.train.Trainer.Report;
import dev.cascadefarm.diffusion.train.Trainer.Validation;
import dev.cascadefarm.diffusion.weights.Initialization;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each of unCLIP's models learns, and goes on after a kill as if nothing had been. */
@Tag("engine")
@ExtendWith(EngineThread.class)
class UnclipTasksTest {
  private static final Map<String, HostTensor> FRESH_CLIP =
      Initialization.random(TinyUnclip.CLIP.trainingGraph(), 3);

  @TempDir Path folder;
  private WordTokenizer tokenizer;
  private ClipEncoder encoder;

  @BeforeEach
  void loadClip() throws IOException {
    tokenizer = WordTokenizer.load(TinyUnclip.tokenizer(folder), 20);
    encoder = TinyUnclip.encoder(FRESH_CLIP, folder);
  }

  @AfterEach
  void closeClip() {
    encoder.close();
    tokenizer.close();
  }

  @Test
  void clip_64Scenes_picturesFindTheirCaptions() throws IOException {
    assertThat(found(encoder)).as("untaught").isLessThan(0.2);
    Outcome taught =
        trainer("clip", 64, optimizer(2e-3, 250), "clip").run(false, () -> false, QUIET);
    try (ClipEncoder clip = TinyUnclip.encoder(taught.weights(), folder)) {
      assertThat(found(clip)).isGreaterThan(0.95);
    }
  }

  /** Share of pictures that are nearest to a caption of their own words. */
  private static double found(ClipEncoder clip) {
    FirstPictures scenes = TinyUnclip.scenes();
    List<String> captions =
        LongStream.range(0, TinyUnclip.SCENES).mapToObj(scenes::caption).toList();
    StageData data = TinyUnclip.data(TinyUnclip.SIDE, TinyUnclip.SCENES);
    long[] all = LongStream.range(0, TinyUnclip.SCENES).toArray();
    HostTensor pictures = new ClipExamples(clip).pictures(data.split().training(), all);
    HostTensor texts = clip.captions(captions).embeddings();
    int found = 0;
    for (int i = 0; i < captions.size(); i++) {
      found += captions.get(nearest(pictures, i, texts)).equals(captions.get(i)) ? 1 : 0;
    }
    return (double) found / captions.size();
  }

  private static int nearest(HostTensor pictures, int picture, HostTensor texts) {
    int width = (int) texts.shape()[1];
    int nearest = -1;
    double highest = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < texts.shape()[0]; j++) {
      double product = 0;
      for (int k = 0; k < width; k++) {
        product += (double) pictures.data()[picture * width + k] * texts.data()[j * width + k];
      }
      if (product > highest) {
        highest = product;
        nearest = j;
      }
    }
    return nearest;
  }

  @ParameterizedTest
  @CsvSource({"prior, 0.7", "decoder, 0.8"})
  void priorAndDecoder_fewSteps_validationLossFalls(String name, double share) {
    List<Float> losses = new ArrayList<>();
    TrainingListener listener =
        new Listener() {
          @Override
          public void validated(
              Validation validation, boolean best, Supplier<Map<String, HostTensor>> weights) {
            losses.add(validation.loss());
          }
        };
    trainer(name, 16, optimizer(5e-3, 120), name).run(false, () -> false, listener);
    assertThat(losses).hasSizeGreaterThan(3);
    assertThat(losses.get(losses.size() - 1)).isLessThan((float) (share * losses.get(0)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"clip", "prior", "decoder"})
  void run_killedAndResumed_bitEqualToUndisturbed(String name) {
    OptimizerConfig optimizer = optimizer(1e-2, 6);
    Outcome whole = trainer(name, 4, optimizer, "whole").run(false, () -> false, QUIET);
    TrainingListener killer =
        new Listener() {
          @Override
          public void stepped(Report report, Supplier<Map<String, HostTensor>> weights) {
            if (report.step() == 4) {
              throw new IllegalStateException("killed");
            }
          }
        };
    Trainer killed = trainer(name, 4, optimizer, "killed");
    assertThatThrownBy(() -> killed.run(false, () -> false, killer)).hasMessage("killed");
    Outcome rest = killed.run(true, () -> false, QUIET);
    assertThat(rest.weights()).isEqualTo(whole.weights());
    assertThat(rest.best()).isEqualTo(whole.best()).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"clip", "prior", "decoder"})
  void batch_sameNumber_sameNumbers(String name) {
    TrainingTask task = TinyUnclip.task(name, 4, tokenizer, encoder);
    assertThat(numbers(task.batch(3))).isEqualTo(numbers(task.batch(3)));
    assertThat(numbers(task.batch(3))).isNotEqualTo(numbers(task.batch(4)));
    assertThat(numbers(task.validationBatch(1))).isEqualTo(numbers(task.validationBatch(1)));
  }

  private static List<HostTensor> numbers(List<Input> inputs) {
    return inputs.stream()
        .filter(Input.Floats.class::isInstance)
        .map(each -> ((Input.Floats) each).tensor())
        .toList();
  }

  @Test
  void batch_equalCaptions_sameNumberInClip() {
    CaptionedPictures two = new Repeated(TinyUnclip.scenes());
    StageData data =
        new StageData(
            new DataSplit(two, null),
            new Frame(TinyUnclip.SIDE, 0, TinyUnclip.SIDE),
            (int) two.count(),
            0,
            1);
    List<Input> inputs = ClipTask.of(TinyUnclip.CLIP, data, tokenizer).batch(0);
    long[] order = data.training().indices(0);
    float[] captions = ((Input.Floats) inputs.get(3)).tensor().data();
    for (int i = 0; i < order.length; i++) {
      for (int j = 0; j < order.length; j++) {
        assertThat(captions[i] == captions[j]).isEqualTo(order[i] % 2 == order[j] % 2);
      }
    }
  }

  @Test
  void validationBatch_decoder_nothingDropped() {
    TrainingTask task = TinyUnclip.task("decoder", 32, tokenizer, encoder);
    assertThat(dropped(task.validationBatch(0), 6)).isZero();
    assertThat(dropped(task.validationBatch(0), 5)).isZero();
    assertThat(dropped(task.batch(0), 6)).isBetween(1, 10);
    assertThat(dropped(task.batch(0), 5)).isBetween(8, 24);
  }

  private static int dropped(List<Input> inputs, int index) {
    int dropped = 0;
    for (float each : ((Input.Floats) inputs.get(index)).tensor().data()) {
      dropped += each == 0 ? 1 : 0;
    }
    return dropped;
  }

  @Test
  void of_otherSizes_refused() {
    assertThatThrownBy(
            () -> ClipTask.of(TinyUnclip.CLIP, TinyUnclip.data(TinyUnclip.SIDE / 2, 4), tokenizer))
        .hasMessage("side: 16 (expected: 32)");
    assertThatThrownBy(
            () ->
                DecoderTask.of(
                    TinyUnclip.DECODER,
                    TinyUnclip.data(17, 4),
                    encoder,
                    TinyUnclip.DECODER_TRAINING))
        .hasMessage("side: 17 (expected: a multiple of 2)");
  }

  private Trainer trainer(String name, int batch, OptimizerConfig optimizer, String run) {
    int every = Math.max(2, optimizer.steps() / 4);
    TrainingPlan plan =
        new TrainingPlan(1, 0, every, optimizer.steps() > 10 ? Duration.ofHours(1) : Duration.ZERO);
    TrainingTask task = TinyUnclip.task(name, batch, tokenizer, encoder);
    return new Trainer(task, optimizer, plan, folder.resolve(run), 1);
  }

  private static OptimizerConfig optimizer(double rate, int steps) {
    return new OptimizerConfig(rate, 5, steps, 0.02, 0.9, 0.99, 0.01, 1, 0);
  }

  private static final TrainingListener QUIET = new Listener();

  private static class Listener implements TrainingListener {
    @Override
    public void stepped(Report report, Supplier<Map<String, HostTensor>> weights) {}
  }

  /** Eight examples with two captions by turns. */
  private record Repeated(CaptionedPictures all) implements CaptionedPictures {
    @Override
    public long count() {
      return 8;
    }

    @Override
    public String caption(long index) {
      return index % 2 == 0 ? "a red circle" : "A blue  circle";
    }

    @Override
    public HostTensor picture(long index, int side) {
      return all.picture(index, side);
    }
  }
}
