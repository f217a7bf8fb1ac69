package dev.cascadefarm.diffusion.unclip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.weights.Initialization;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our CLIP against mbn312/dalle2's, with its weights; and against the formulas where we differ. */
@Tag("engine")
@ExtendWith(EngineThread.class)
class ClipParityTest {
  private static final double TOLERANCE = 1e-5;
  private static final Clip CLIP =
      new Clip(
          new ClipConfig(
              1,
              Recorded.SIDE,
              4,
              new TowerConfig(12, 2, 3, 3),
              256,
              Recorded.LENGTH,
              new TowerConfig(8, 1, 2, 3),
              10));
  private static final Map<String, HostTensor> WEIGHTS = Fixture.tensors("unclip-clip");
  private static final Map<String, HostTensor> IO = Fixture.tensors("unclip-clip-io");

  /** The second and the fourth caption are equal. */
  private static final float[] EQUAL = {0, 1, 2, 1, 4};

  private static final float[] ALL_OTHER = {0, 1, 2, 3, 4};

  @Test
  void encodeImage_itsWeights_itsFeaturesScaled() {
    Map<String, HostTensor> weights = Clip.part(CLIP.imageGraph(), WEIGHTS);
    float[] expected = Recorded.scaled(Recorded.of(IO, "image"));
    assertThat(Fixture.difference(image(weights), expected)).isLessThan(TOLERANCE);
    String path = "image_encoder.cls_token";
    assertThat(Fixture.difference(image(Fixture.doctored(weights, path, 0.1)), expected))
        .isGreaterThan(10 * TOLERANCE);
  }

  private static float[] image(Map<String, HostTensor> weights) {
    return Recorded.call(
            CLIP.imageGraph(), weights, Clip.ENCODE_IMAGE, List.of(Recorded.input(IO, "pictures")))
        .get(0)
        .data();
  }

  @Test
  void encodeText_itsWeights_itsFeatures() {
    Map<String, HostTensor> weights = Clip.part(CLIP.textGraph(), WEIGHTS);
    List<HostTensor> out = text(weights);
    HostTensor encodings = Recorded.of(IO, "encodings");
    float[] visible = encodings.data().clone();
    for (int i = 0; i < visible.length; i++) {
      visible[i] *= Recorded.of(IO, "mask").data()[i / (int) encodings.shape()[2]];
    }
    float[] expected = Recorded.scaled(Recorded.of(IO, "text"));
    assertThat(Fixture.difference(out.get(0).data(), visible)).isLessThan(TOLERANCE);
    assertThat(Fixture.difference(out.get(1).data(), expected)).isLessThan(TOLERANCE);
    String path = "text_encoder.encoder.0.mha.out_proj.weight";
    List<HostTensor> doctored = text(Fixture.doctored(weights, path, 0.1));
    assertThat(Fixture.difference(doctored.get(0).data(), visible)).isGreaterThan(10 * TOLERANCE);
    assertThat(Fixture.difference(doctored.get(1).data(), expected)).isGreaterThan(10 * TOLERANCE);
  }

  private static List<HostTensor> text(Map<String, HostTensor> weights) {
    return Recorded.call(
        CLIP.textGraph(),
        weights,
        Clip.ENCODE_TEXT,
        List.of(Recorded.longs(Recorded.of(IO, "ids")), Recorded.input(IO, "mask")));
  }

  @Test
  void trainingGraph_itsParameters_allAndNoOthers() {
    Initialization.requireFit(CLIP.trainingGraph(), WEIGHTS, "mbn312/dalle2");
  }

  @Test
  void loss_everyCaptionItsOwn_itsLossAndGradients() {
    Recorded.assertEqual(differences(WEIGHTS, ALL_OTHER, "seed."));
    Map<String, HostTensor> doctored = Fixture.doctored(WEIGHTS, "image_encoder.pre_ln.bias", 0.01);
    assertUnequal(differences(doctored, ALL_OTHER, "seed."));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mended.", "bounded."})
  void loss_equalCaptions_noNegativesAndScaleBounded(String kind) {
    Map<String, HostTensor> weights = new LinkedHashMap<>(WEIGHTS);
    if (kind.equals("bounded.")) {
      weights.put("temperature", new HostTensor(new long[0], new float[] {5}));
    }
    Recorded.assertEqual(differences(weights, EQUAL, kind));
    assertUnequal(differences(weights, ALL_OTHER, kind));
  }

  @Test
  void loss_allCaptionsEqual_nothingToTell() {
    Map<String, Double> differences = differences(WEIGHTS, new float[Recorded.BATCH], "seed.");
    double recorded = Recorded.of(IO, "seed.loss").data()[0];
    assertThat(differences.get("loss")).isEqualTo(recorded);
  }

  private static void assertUnequal(Map<String, Double> differences) {
    assertThat(differences.get("loss")).isGreaterThan(1e-5);
    assertThat(differences.get("image_encoder.projection")).isGreaterThan(1e-4);
  }

  private static Map<String, Double> differences(
      Map<String, HostTensor> weights, float[] captions, String prefix) {
    List<Input> inputs =
        List.of(
            Recorded.input(IO, "pictures"),
            Recorded.longs(Recorded.of(IO, "ids")),
            Recorded.input(IO, "mask"),
            new Input.Floats(HostTensor.of(captions, captions.length)));
    return Recorded.differences(CLIP.trainingGraph(), weights, inputs, Fixture.under(prefix, IO));
  }
}
