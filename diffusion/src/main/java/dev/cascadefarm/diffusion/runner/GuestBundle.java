package dev.cascadefarm.diffusion.runner;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Guest;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.runner.CaptionModel.Caption;
import dev.cascadefarm.diffusion.stage.StageException;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.diffusion.text.HubTokenizer;
import dev.cascadefarm.diffusion.torchscript.GuestCall;
import dev.cascadefarm.diffusion.torchscript.GuestPredictor;
import dev.cascadefarm.diffusion.torchscript.GuestStage;
import dev.cascadefarm.diffusion.torchscript.GuestStage.Kind;
import dev.cascadefarm.diffusion.torchscript.GuestTensor;
import dev.cascadefarm.diffusion.torchscript.TorchScriptException;
import dev.cascadefarm.diffusion.torchscript.TorchScriptFile;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A TorchScript file on its way into a bundle.
 *
 * @param file opened, not yet run
 * @param section what describes it, the bundle's model section
 * @param diffusion how it was trained; absent if it does not diffuse
 * @param tokenizer file of a text encoder's; absent for others
 */
public record GuestBundle(
    TorchScriptFile file,
    Kind kind,
    JsonNode section,
    Optional<DiffusionConfig> diffusion,
    Optional<Path> tokenizer) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What the section says. */
  public GuestStage stage() {
    return GuestStages.stage(kind, section);
  }

  /** The model section of the bundle. */
  public ObjectNode model() {
    ObjectNode model = JSON.createObjectNode();
    return model.set(GuestStages.SECTION, section);
  }

  /**
   * Runs the file: with random numbers, and with a recorded call if there is one. On the engine
   * thread.
   *
   * @param recorded a file of one call's inputs and outputs, by their names
   * @param answers where to write the self-test of the bundle
   * @throws TorchScriptException if it is refused, or answers otherwise than described
   */
  public void tryOut(Optional<Path> recorded, Path answers) {
    GuestStage stage = stage();
    Guest guest = file.guest(stage.call());
    try (Trial trial = trial(stage, guest)) {
      Graph graph = stage.call().addRaw(trial.graph(), guest);
      try (TorchModule module = GuestStages.module(file, graph, "cpu")) {
        GuestTrial calls = trial.calls(module);
        calls.run();
        recorded.ifPresent(each -> calls.replay(SafeTensors.read(each), each.toString()));
        SafeTensors.write(answers, SelfTest.recorded(module, trial.selfTest()), ElementType.F32);
      }
    } catch (StageException e) {
      if (e.getCause() instanceof TorchScriptException damaged) {
        throw damaged;
      }
      throw new TorchScriptException(
          "%s: %s (expected: a program that runs in libtorch 2.7.1)"
              .formatted(file.path(), GuestTrial.reason(e)),
          e);
    }
  }

  private Trial trial(GuestStage stage, Guest guest) {
    return switch (kind) {
      case DIFFUSION -> new DiffusionTrial(stage, guest, diffusion.orElseThrow());
      case TEXT_ENCODER -> TextTrial.open(stage, guest, tokenizer.orElseThrow());
      case VAE_ENCODER, VAE_DECODER -> new VaeTrial(stage, guest);
    };
  }

  /** Writes the files of the bundle but its description. */
  public void write(Path folder, Path answers) throws IOException {
    Files.createDirectories(folder);
    Files.copy(file.path(), folder.resolve(GuestStages.FILE));
    Files.copy(answers, folder.resolve(TorchStageLoader.SELF_TEST));
    if (tokenizer.isPresent()) {
      Files.copy(tokenizer.get(), folder.resolve(TorchStageLoader.TOKENIZER));
    }
  }

  /** What is particular to a kind. */
  private interface Trial extends AutoCloseable {
    /** The stage's own program. */
    Graph graph();

    GuestTrial calls(TorchModule module);

    /** Calls of the program that the bundle's self-test repeats. */
    Map<String, List<Input>> selfTest();

    @Override
    default void close() {}
  }

  private record DiffusionTrial(GuestStage stage, DiffusionModel model, int timesteps)
      implements Trial {
    DiffusionTrial(GuestStage stage, Guest guest, DiffusionConfig diffusion) {
      this(stage, GuestStages.model(stage, guest, diffusion), diffusion.timesteps());
    }

    @Override
    public Graph graph() {
      return model.graph();
    }

    @Override
    public GuestTrial calls(TorchModule module) {
      return GuestTrial.of(stage, module, timesteps);
    }

    @Override
    public Map<String, List<Input>> selfTest() {
      Optional<GuestTensor> embeds = stage.call().input(GuestPredictor.EMBEDS);
      int length = embeds.map(each -> each.shape().get(0)).orElse(1);
      int width = embeds.map(each -> each.shape().get(1)).orElse(1);
      Map<String, StageValue> inputs =
          new HashMap<>(BundleFiles.exampleInputs(model, length, width));
      stage
          .call()
          .input(GuestPredictor.POOLED)
          .ifPresent(
              each ->
                  inputs.compute(
                      CaptionTensors.EMBEDS,
                      (name, value) -> CaptionTensors.withPooled(value, each.count())));
      return BundleFiles.exampleCalls(model, inputs);
    }
  }

  private record TextTrial(
      GuestStage stage, Guest guest, HubTokenizer tokenizer, List<Caption> captions)
      implements Trial {
    static TextTrial open(GuestStage stage, Guest guest, Path file) {
      try {
        HubTokenizer tokenizer = HubTokenizer.load(file);
        List<Caption> captions =
            List.of(
                GuestTextModel.read(stage, tokenizer, BundleFiles.EXAMPLE),
                GuestTextModel.read(stage, tokenizer, "a"));
        return new TextTrial(stage, guest, tokenizer, captions);
      } catch (IOException e) {
        throw new TorchScriptException(
            file + ": " + e.getMessage() + " (expected: a tokenizer.json)", e);
      }
    }

    @Override
    public Graph graph() {
      return stage.call().graph(guest);
    }

    @Override
    public GuestTrial calls(TorchModule module) {
      return GuestTrial.of(stage, module, captions);
    }

    @Override
    public Map<String, List<Input>> selfTest() {
      return Map.of(GuestCall.RUN, GuestTextModel.inputs(stage, captions.get(0)));
    }

    @Override
    public void close() {
      tokenizer.close();
    }
  }

  private record VaeTrial(GuestStage stage, Guest guest) implements Trial {
    @Override
    public Graph graph() {
      return stage.call().graph(guest);
    }

    @Override
    public GuestTrial calls(TorchModule module) {
      return GuestTrial.of(stage, module, 1);
    }

    @Override
    public Map<String, List<Input>> selfTest() {
      GuestTensor input = stage.call().inputs().get(0);
      float[] noise = new CounterNoise(1, "self-test", "x").normals(0, input.count());
      return Map.of(GuestCall.RUN, List.of(GuestTrial.input(input, noise, 1)));
    }
  }
}
