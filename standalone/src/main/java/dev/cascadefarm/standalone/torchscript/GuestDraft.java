package dev.cascadefarm.standalone.torchscript;

import static dev.cascadefarm.standalone.install.BetweenStages.EMBEDS;
import static dev.cascadefarm.standalone.install.BetweenStages.IMAGE;
import static dev.cascadefarm.standalone.install.BetweenStages.LATENTS;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.cascade.StageBundle.Per;
import dev.cascadefarm.common.cascade.TensorSpec;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.runner.DiffusionConfig;
import dev.cascadefarm.diffusion.torchscript.GuestPredictor;
import dev.cascadefarm.diffusion.torchscript.GuestStage;
import dev.cascadefarm.diffusion.torchscript.GuestStage.Kind;
import dev.cascadefarm.diffusion.torchscript.GuestTensor;
import dev.cascadefarm.standalone.install.BetweenStages;
import dev.cascadefarm.standalone.install.BundleDraft;
import dev.cascadefarm.standalone.install.Origin;
import dev.cascadefarm.standalone.install.StageEnds;
import dev.cascadefarm.standalone.install.StageModel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What a described file looks like between other stages. */
record GuestDraft(StageDescription said, ObjectNode model, Origin origin) {
  /** The bundle's description, without the hashes of its files. */
  StageBundle of(BundleId id) {
    Per per = said.kind() == Kind.TEXT_ENCODER ? Per.JOB : Per.IMAGE;
    int side = said.stage().side(said.kind());
    StageEnds ends = new StageEnds(per, inputs(), outputs(), side);
    return BundleDraft.describe(id, origin, ends, stageModel());
  }

  private StageModel stageModel() {
    String kind = said.kind().word();
    return said.sampling()
        .map(each -> new StageModel(kind, model, json(each.diffusion()), each.parameters()))
        .orElseGet(() -> StageModel.of(kind, model));
  }

  private static JsonNode json(DiffusionConfig diffusion) {
    return WireJson.MAPPER.valueToTree(diffusion);
  }

  private Map<String, TensorSpec> inputs() {
    GuestStage stage = said.stage();
    return switch (said.kind()) {
      case TEXT_ENCODER -> BetweenStages.prompts();
      case VAE_ENCODER -> Map.of(IMAGE, BetweenStages.anyImage());
      case VAE_DECODER -> Map.of(LATENTS, latents(stage.call().input(LATENTS).orElseThrow()));
      case DIFFUSION -> {
        GuestPredictor predictor = new GuestPredictor(stage.call());
        Map<String, TensorSpec> inputs = new TreeMap<>();
        if (predictor.hearsCaptions()) {
          inputs.put(EMBEDS, embeds(stage.call().input(EMBEDS)));
        }
        if (predictor.enlarges()) {
          inputs.put(IMAGE, BetweenStages.anyImage());
        }
        yield inputs;
      }
    };
  }

  private Map<String, TensorSpec> outputs() {
    GuestStage stage = said.stage();
    return switch (said.kind()) {
      case TEXT_ENCODER -> Map.of(EMBEDS, embeds(stage.call().output(EMBEDS)));
      case VAE_ENCODER -> Map.of(LATENTS, latents(stage.call().output(LATENTS).orElseThrow()));
      case VAE_DECODER -> Map.of(IMAGE, picture(stage));
      case DIFFUSION ->
          stage.latents()
              ? Map.of(LATENTS, latents(stage.call().input(GuestPredictor.X).orElseThrow()))
              : Map.of(IMAGE, picture(stage));
    };
  }

  private TensorSpec picture(GuestStage stage) {
    return BetweenStages.image(stage.side(said.kind()));
  }

  /** Captions of any length: they are cut or filled up. */
  private static TensorSpec embeds(Optional<GuestTensor> tensor) {
    return BetweenStages.embeds(
        tensor.map(each -> each.shape().get(1)).orElse(BetweenStages.ANY_WIDTH));
  }

  private static TensorSpec latents(GuestTensor tensor) {
    List<String> shape =
        Stream.concat(Stream.of("1"), tensor.shape().stream().map(String::valueOf)).toList();
    return BetweenStages.tensors(shape, false);
  }
}
