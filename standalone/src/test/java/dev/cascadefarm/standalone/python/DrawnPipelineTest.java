package dev.cascadefarm.standalone.python;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.standalone.cli.Terminal;
import dev.cascadefarm.testing.python.PythonPeer;
import dev.cascadefarm.testing.python.PythonTier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pipelines that nobody chose, saved by diffusers, imported and drawn by the commands that people
 * give, through a whole farm: their pictures are diffusers' own on the same noise.
 */
@Tag("python")
class DrawnPipelineTest {
  private static final int CASES = 3;

  /** Steps of 255 by which a picture may differ: what lies between two of them is rounded. */
  private static final int TOLERANCE = 1;

  /** What a doctored pipeline's pictures must differ by. */
  private static final int NOTICED = 4 * TOLERANCE;

  /** Less of a picture that is neither 0 nor 255 would tell too little. */
  private static final double TELLING = 0.1;

  private static PythonPeer python;

  @TempDir Path folder;

  private final Terminal terminal = new Terminal();

  @BeforeAll
  static void start() throws IOException {
    python = PythonPeer.start();
  }

  @AfterAll
  static void stop() {
    if (python != null) {
      python.close();
    }
  }

  static IntStream cases() {
    return IntStream.range(0, PythonTier.cases(CASES));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void render_drawnStableDiffusion_diffusersPicture(int number) throws IOException {
    compare("stable_diffusion", number);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void render_drawnDeepFloyd_diffusersPictures(int number) throws IOException {
    compare("deepfloyd", number);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void render_drawnKarlo_diffusersPictures(int number) throws IOException {
    compare("karlo", number);
  }

  private void compare(String family, int number) throws IOException {
    DrawnPipeline drawn = DrawnPipeline.draw(python, family, number, folder);
    System.out.printf("  %s %d · %s%n", family, number, drawn);
    run(drawn.importing());
    Map<String, Path> ours = drawn.pictures(Path.of(run(drawn.rendering())));
    Map<String, PictureDifference> exact = differences(ours, drawn.python(python, ours, false));
    Map<String, PictureDifference> doctored = differences(ours, drawn.python(python, ours, true));
    System.out.printf("  %s %d · %s · doctored %s%n", family, number, exact, doctored);
    for (String stage : ours.keySet()) {
      PictureDifference difference = exact.get(stage);
      assertThat(difference.largest()).as(stage).isLessThanOrEqualTo(TOLERANCE);
      assertThat(difference.telling()).as(stage + ", telling").isGreaterThan(TELLING);
    }
    assertThat(doctored.values())
        .as("doctored")
        .anySatisfy(each -> assertThat(each.largest()).isGreaterThan(NOTICED));
  }

  private String run(String... command) {
    terminal.clear();
    assertThat(terminal.run(folder, command)).as(terminal.err()).isZero();
    return terminal.out().strip();
  }

  /** By what Python calls its pictures; a stage's own name comes first in that of another run. */
  private static Map<String, PictureDifference> differences(
      Map<String, Path> ours, Map<String, Path> theirs) throws IOException {
    Map<String, PictureDifference> differences = new LinkedHashMap<>();
    for (Map.Entry<String, Path> each : theirs.entrySet()) {
      Path our = ours.get(each.getKey().split(" ", 2)[0]);
      differences.put(each.getKey(), PictureDifference.of(our, each.getValue()));
    }
    return differences;
  }
}
