package dev.cascadefarm.diffusion.runner;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Guest;
import dev.cascadefarm.diffusion.json.ConfigFile;
import dev.cascadefarm.diffusion.stage.StageDefinition;
import dev.cascadefarm.diffusion.stage.StageException;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.diffusion.text.HubTokenizer;
import dev.cascadefarm.diffusion.torchscript.GuestPredictor;
import dev.cascadefarm.diffusion.torchscript.GuestStage;
import dev.cascadefarm.diffusion.torchscript.GuestStage.Kind;
import dev.cascadefarm.diffusion.torchscript.TorchScriptException;
import dev.cascadefarm.diffusion.torchscript.TorchScriptFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Loads stages whose model is a TorchScript file that others wrote. Stateless. */
final class GuestStages {
  /** The key of a model section that describes such a file. */
  static final String SECTION = "torchscript";

  /** The file's name inside a bundle. */
  static final String FILE = "model.pt";

  private GuestStages() {}

  static boolean are(StageDefinition definition) {
    return definition.model().has(SECTION);
  }

  static StageRunner load(StageDefinition definition, String device) {
    Kind kind =
        Kind.of(definition.kind())
            .orElseThrow(
                () ->
                    new StageException(
                        "kind: %s (expected: one of %s, for a TorchScript file)"
                            .formatted(definition.kind(), Kind.words())));
    GuestStage stage = stage(kind, definition.model().get(SECTION));
    TorchScriptFile file = TorchScriptFile.open(definition.folder().resolve(FILE));
    Guest guest = file.guest(stage.call());
    if (kind == Kind.DIFFUSION) {
      DiffusionConfig diffusion =
          TorchStageLoader.read(definition.diffusion(), DiffusionConfig.class);
      DiffusionModel model = model(stage, guest, diffusion);
      TorchModule module = module(file, model.graph(), definition.folder(), device);
      return new DiffusionRunner(model, module, definition.samplesPerCall());
    }
    TorchModule module = module(file, stage.call().graph(guest), definition.folder(), device);
    return new OneRowRunner(
        kind == Kind.TEXT_ENCODER
            ? text(stage, module, definition.folder())
            : new GuestVaeStage(stage, module));
  }

  /** Reads the section; every key of it must be known. */
  static GuestStage stage(Kind kind, JsonNode section) {
    byte[] content = section.toString().getBytes(StandardCharsets.UTF_8);
    ConfigFile file = ConfigFile.parse(content, SECTION, TorchScriptException::new);
    GuestStage stage = GuestStage.parse(kind, file, SECTION);
    file.requireNoOthers();
    return stage;
  }

  static DiffusionModel model(GuestStage stage, Guest guest, DiffusionConfig diffusion) {
    GuestPredictor predictor = new GuestPredictor(stage.call(), guest);
    return new DiffusionModel(new GuestNetwork(stage, predictor, diffusion), diffusion);
  }

  static TorchModule module(TorchScriptFile file, Graph graph, String device) {
    return TorchModule.load(
        file.path().getFileName().toString(),
        out -> file.pack(graph, device, out),
        device,
        TorchModule.Mode.FROZEN);
  }

  private static TorchModule module(TorchScriptFile file, Graph graph, Path folder, String device) {
    TorchModule module = module(file, graph, device);
    try {
      SelfTest.read(folder.resolve(TorchStageLoader.SELF_TEST)).replay(module);
      return module;
    } catch (RuntimeException e) {
      module.close();
      throw e;
    }
  }

  private static OneRowStage text(GuestStage stage, TorchModule module, Path folder) {
    Path file = folder.resolve(TorchStageLoader.TOKENIZER);
    try {
      return new TextStage(new GuestTextModel(stage, module, HubTokenizer.load(file)));
    } catch (IOException e) {
      module.close();
      throw new StageException(file + ": cannot be loaded", e);
    }
  }
}
