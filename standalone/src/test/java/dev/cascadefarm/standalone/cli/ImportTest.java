package dev.cascadefarm.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.CascadeStage;
import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageDefinition;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.standalone.minimagen.TinyMinImagen;
import dev.cascadefarm.worker.image.PngCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What MinImagen trained, drawn by a whole farm. */
@Tag("integration")
class ImportTest {
  private static final String CAPTION = "a red circle";
  private static final long SEED = 3;

  @TempDir Path directory;

  private final Terminal terminal = new Terminal();

  @BeforeEach
  void install() throws IOException {
    Path training = TinyMinImagen.directory(directory.resolve("training_mine"));
    Path t5 = TinyMinImagen.t5(directory.resolve("t5"));
    String[] command = {
      "import", "minimagen", training.toString(), "--name", "mine", "--t5-dir", t5.toString()
    };
    assertThat(run(command)).as(terminal.err()).isZero();
    assertThat(terminal.out()).isEqualTo("mine@1" + System.lineSeparator());
    terminal.clear();
  }

  @Test
  void render_importedCascade_asItsStagesCalledDirectly() throws IOException {
    String renders = directory.resolve("renders").toString();
    assertThat(
            run(
                "render",
                CAPTION,
                "--cascade",
                "mine",
                "--seed",
                "" + SEED,
                "--out",
                renders,
                "--set",
                "base.steps=5",
                "--set",
                "sr16.steps=5"))
        .as(terminal.err())
        .isZero();
    Path picture = Path.of(terminal.out().strip());
    Map<String, StageValue> direct = direct(Map.of("base", 5, "sr16", 5));
    for (String stage : List.of("base", "sr16")) {
      Path drawn = picture.resolveSibling("image-0." + stage + ".png");
      HostTensor pixels = ((StageValue.Image) direct.get(stage + ".image")).pixels();
      assertThat(PngCodec.decode(Files.readAllBytes(drawn))).as(stage).isEqualTo(pixels);
      assertThat(levels(pixels)).as(stage).isGreaterThan(10);
    }
  }

  /** Calls the stages on this thread, with 8-bit pictures between them. */
  private Map<String, StageValue> direct(Map<String, Integer> steps) {
    Catalogue catalogue = Catalogue.read(directory.resolve("catalogue"));
    Map<String, StageValue> values = new HashMap<>();
    values.put("request.prompt", new StageValue.Text(CAPTION));
    for (CascadeStage stage : catalogue.cascade("mine").orElseThrow().stages()) {
      ObjectNode given = WireJson.object();
      if (steps.containsKey(stage.name())) {
        given.put("steps", steps.get(stage.name()));
      }
      Map<String, StageValue> inputs = new HashMap<>();
      stage.inputs().forEach((input, from) -> inputs.put(input, values.get(from)));
      inputs.remove("negative_prompt");
      SampleRequest request =
          new SampleRequest(
              stage.name(),
              SEED,
              catalogue.settings(stage.bundle()).complete(stage.name(), given),
              inputs);
      sample(catalogue, stage, request)
          .forEach((output, value) -> values.put(stage.name() + "." + output, eightBit(value)));
    }
    return values;
  }

  private static Map<String, StageValue> sample(
      Catalogue catalogue, CascadeStage stage, SampleRequest request) {
    StageBundle bundle = catalogue.bundle(stage.bundle()).bundle();
    StageDefinition definition =
        new StageDefinition(
            bundle.kind(),
            bundle.model(),
            bundle.diffusion(),
            bundle.imageSize(),
            bundle.samplesPerCall(),
            catalogue.bundle(stage.bundle()).folder());
    try (StageRunner runner = new TorchStageLoader().load(definition, "cpu")) {
      Sample sample = runner.begin(request);
      while (!sample.done()) {
        runner.advance(List.of(sample));
      }
      return sample.outputs();
    }
  }

  private static StageValue eightBit(StageValue value) {
    return value instanceof StageValue.Image image
        ? new StageValue.Image(PngCodec.decode(PngCodec.encode(image.pixels(), Map.of())))
        : value;
  }

  /** How many different brightnesses there are: a plain picture would prove nothing. */
  private static int levels(HostTensor pixels) {
    Set<Float> levels = new HashSet<>();
    for (float each : pixels.data()) {
      levels.add(each);
    }
    return levels.size();
  }

  private int run(String... arguments) {
    return terminal.run(directory, arguments);
  }
}
