package dev.cascadefarm.standalone.torchscript;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.cascade.StageBundle.Per;
import dev.cascadefarm.common.cascade.TensorSpec;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.torchscript.GuestPredictor;
import dev.cascadefarm.diffusion.torchscript.GuestStage;
import dev.cascadefarm.diffusion.torchscript.GuestStage.Kind;
import dev.cascadefarm.diffusion.torchscript.GuestTensor;
import dev.cascadefarm.standalone.install.DiffusionStage;
import dev.cascadefarm.standalone.install.Origin;
import dev.cascadefarm.standalone.install.TextStage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What a described file looks like between other stages. */
record GuestDraft(StageDescription said, ObjectNode model, Origin origin) {
  private static final String IMAGE = "image";
  private static final String LATENTS = "latents";
  private static final String EMBEDS = "embeds";

  /** The bundle's description, without the hashes of its files. */
  StageBundle of(BundleId id) {
    boolean text = said.kind() == Kind.TEXT_ENCODER;
    return new StageBundle(
        id,
        said.kind().word(),
        text ? Per.JOB : Per.IMAGE,
        inputs(),
        outputs(),
        said.stage().side(said.kind()),
        1,
        said.sampling().<JsonNode>map(GuestSampling::parameters).orElse(TextStage.noSettings()),
        model,
        said.sampling()
            .<JsonNode>map(each -> WireJson.MAPPER.valueToTree(each.diffusion()))
            .orElse(WireJson.object()),
        TextStage.PRECISION,
        Map.of(),
        origin.licence(),
        origin.provenance());
  }

  private Map<String, TensorSpec> inputs() {
    GuestStage stage = said.stage();
    return switch (said.kind()) {
      case TEXT_ENCODER ->
          Map.of(
              "prompt", new TensorSpec("text", "", List.of()),
              "negative_prompt", new TensorSpec("text", "", List.of(), true));
      case VAE_ENCODER -> Map.of(IMAGE, DiffusionStage.image("h", "w"));
      case VAE_DECODER -> Map.of(LATENTS, latents(stage.call().input(LATENTS).orElseThrow()));
      case DIFFUSION -> {
        GuestPredictor predictor = new GuestPredictor(stage.call());
        Map<String, TensorSpec> inputs = new TreeMap<>();
        if (predictor.hearsCaptions()) {
          inputs.put(EMBEDS, embeds(stage.call().input(EMBEDS)));
        }
        if (predictor.enlarges()) {
          inputs.put(IMAGE, DiffusionStage.image("h", "w"));
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
    String side = Integer.toString(stage.side(said.kind()));
    return DiffusionStage.image(side, side);
  }

  /** Captions of any length: they are cut or filled up. */
  private static TensorSpec embeds(Optional<GuestTensor> tensor) {
    return tensor
        .map(each -> TextStage.embeds(each.shape().get(1), false))
        .orElseGet(TextStage::embeds);
  }

  private static TensorSpec latents(GuestTensor tensor) {
    List<String> shape =
        Stream.concat(Stream.of("1"), tensor.shape().stream().map(String::valueOf)).toList();
    return new TensorSpec("tensors", "F32", shape);
  }
}
