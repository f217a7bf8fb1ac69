package dev.cascadefarm.diffusion.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.image.Resize;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Schedules, their use on pictures, and resampling, against MinImagen and ResizeRight. */
class GaussianParityTest {
  private static final double TOLERANCE = 1e-6;

  @ParameterizedTest
  @ValueSource(ints = {21, 25, 250, 1000})
  void linear_anyTimesteps_minImagensTwelveBuffers(int timesteps) {
    Map<String, HostTensor> recorded = Fixture.under(timesteps + ".", Fixture.tensors("schedule"));
    Map<String, double[]> ours = buffers(timesteps);
    assertThat(ours.keySet()).isEqualTo(recorded.keySet()).hasSize(12);
    ours.forEach(
        (name, values) -> {
          assertThat(relative(values, recorded.get(name))).as(name).isLessThan(TOLERANCE);
          double change = 3e-6 * recorded.get(name).data()[timesteps / 2];
          HostTensor doctored = Fixture.doctored(recorded, name, change).get(name);
          assertThat(relative(values, doctored)).as(name).isGreaterThan(TOLERANCE);
        });
  }

  private static double relative(double[] ours, HostTensor recorded) {
    double largest = 0;
    for (int t = 0; t < ours.length; t++) {
      double expected = recorded.data()[t];
      largest =
          Math.max(largest, Math.abs(ours[t] - expected) / Math.max(1e-30, Math.abs(expected)));
    }
    return largest;
  }

  private static Map<String, double[]> buffers(int timesteps) {
    NoiseSchedule schedule = NoiseSchedule.linear(timesteps);
    List<Row> rows = AncestralTable.of(timesteps).rows();
    Map<String, double[]> buffers = new LinkedHashMap<>();
    for (int t = 0; t < timesteps; t++) {
      Row row = rows.get(timesteps - 1 - t);
      double alphaBar = schedule.alphaBar(t);
      double before = schedule.alphaBar(t - 1);
      double variance = row.next()[0][3] * row.next()[0][3];
      put(buffers, "betas", t, timesteps, 1 - alphaBar / before);
      put(buffers, "alphas_cumprod", t, timesteps, alphaBar);
      put(buffers, "alphas_cumprod_prev", t, timesteps, before);
      put(buffers, "sqrt_alphas_cumprod", t, timesteps, schedule.signalAt(t));
      put(buffers, "sqrt_one_minus_alphas_cumprod", t, timesteps, schedule.spreadAt(t));
      put(buffers, "log_one_minus_alphas_cumprod", t, timesteps, Math.log(1 - alphaBar));
      put(buffers, "sqrt_recip_alphas_cumprod", t, timesteps, row.x0FromX());
      put(buffers, "sqrt_recipm1_alphas_cumprod", t, timesteps, -row.x0FromPrediction());
      put(buffers, "posterior_variance", t, timesteps, variance);
      double log = Math.log(Math.max(variance, 1e-20));
      put(buffers, "posterior_log_variance_clipped", t, timesteps, log);
      put(buffers, "posterior_mean_coef1", t, timesteps, row.next()[0][1]);
      put(buffers, "posterior_mean_coef2", t, timesteps, row.next()[0][0]);
    }
    return buffers;
  }

  private static void put(Map<String, double[]> to, String name, int t, int size, double value) {
    to.computeIfAbsent(name, key -> new double[size])[t] = value;
  }

  @ParameterizedTest
  @ValueSource(strings = {"q_sample", "predict_start", "posterior_mean", "posterior_deviation"})
  void rows_onPictures_minImagensNumbers(String name) {
    Map<String, HostTensor> recorded = Fixture.tensors("gaussian");
    assertThat(difference(name, recorded)).isLessThan(TOLERANCE);
    assertThat(difference(name, Fixture.doctored(recorded, name, 3e-4))).isGreaterThan(TOLERANCE);
  }

  /** Largest difference as a share of what the sample's numbers are made of. */
  private static double difference(String name, Map<String, HostTensor> recorded) {
    NoiseSchedule schedule = NoiseSchedule.linear(100);
    List<Row> rows = AncestralTable.of(100).rows();
    float[] expected = recorded.get(name).data();
    float[] x = recorded.get("x").data();
    float[] x0 = recorded.get("x0").data();
    float[] noise = recorded.get("noise").data();
    float[] times = recorded.get("t").data();
    double largest = 0;
    int each = expected.length / times.length;
    for (int k = 0; k < expected.length; k++) {
      int t = (int) times[k / each];
      Row row = rows.get(99 - t);
      double ours =
          switch (name) {
            case "q_sample" -> schedule.signalAt(t) * x0[k] + schedule.spreadAt(t) * noise[k];
            case "predict_start" -> row.x0FromX() * x[k] + row.x0FromPrediction() * noise[k];
            case "posterior_mean" -> row.next()[0][1] * x0[k] + row.next()[0][0] * x[k];
            default -> row.next()[0][3];
          };
      double scale = name.equals("predict_start") ? Math.max(1, 5 * row.x0FromX()) : 5;
      largest = Math.max(largest, Math.abs(ours - expected[k]) / scale);
    }
    return largest;
  }

  @ParameterizedTest
  @ValueSource(strings = {"16-32", "32-16", "64-16", "16-64", "24-32", "100-64"})
  void resize_pictures_resizeRightsPictures(String sides) {
    Map<String, HostTensor> recorded = Fixture.tensors("resize-pictures");
    HostTensor in = recorded.get(sides + ".in");
    HostTensor out = recorded.get(sides + ".out");
    float[] ours = new Resize((int) in.shape()[1], (int) out.shape()[1]).apply(in).data();
    assertThat(Fixture.difference(ours, out.data())).isLessThan(TOLERANCE);
    float[] doctored = Fixture.doctored(recorded, sides + ".out", 1e-5).get(sides + ".out").data();
    assertThat(Fixture.difference(ours, doctored)).isGreaterThan(TOLERANCE);
  }
}
