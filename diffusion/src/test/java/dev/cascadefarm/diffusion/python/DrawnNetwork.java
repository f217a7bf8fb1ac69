package dev.cascadefarm.diffusion.python;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Mode;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.StoredTensor;
import dev.cascadefarm.diffusion.unet2d.Unet2d;
import dev.cascadefarm.diffusion.unet2d.Unet2dConfig;
import dev.cascadefarm.diffusion.vae.Autoencoder;
import dev.cascadefarm.diffusion.vae.AutoencoderConfig;
import dev.cascadefarm.diffusion.vae.AutoencoderWeights;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network of diffusers drawn at random, with weights and inputs.
 *
 * @param config in diffusers' words
 * @param doctored the path of a weight whose loss must be noticed
 */
record DrawnNetwork(
    ObjectNode config,
    Map<String, HostTensor> weights,
    Map<String, HostTensor> inputs,
    String doctored) {
  private static final int STEPS = 1000;

  /** Numbers of tokens that no picture has pixels, for diffusers mistakes one for the other. */
  private static final List<Integer> TOKENS = List.of(5, 7, 11);

  private static final List<String> DOCTORED_UNET =
      List.of(
          "conv_in.weight",
          "time_embedding.linear_1.weight",
          "down_blocks.0.resnets.0.time_emb_proj.weight",
          "up_blocks.0.resnets.0.conv2.weight",
          "conv_norm_out.weight");

  private static final List<String> DOCTORED_AUTOENCODER =
      List.of(
          "encoder.conv_in.weight",
          "encoder.mid_block.resnets.1.conv2.weight",
          "decoder.up_blocks.0.resnets.0.conv1.weight",
          "decoder.conv_norm_out.bias");

  /** Number {@code index} of this run: conditional, unconditional and autoencoder in turn. */
  static DrawnNetwork draw(int index) {
    Draws draws = new Draws("diffusers " + index);
    return switch (index % 3) {
      case 0 -> unet(draws, DrawnConfig.conditional(draws));
      case 1 -> unet(draws, DrawnConfig.unconditional(draws));
      default -> autoencoder(draws, DrawnConfig.autoencoder(draws));
    };
  }

  private static DrawnNetwork unet(Draws draws, ObjectNode json) {
    Unet2dConfig config = Unet2dConfig.parse(bytes(json), "drawn");
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    int batch = draws.between(1, 3);
    int side = sideMultiple(config, json);
    int least = side == 1 ? 4 : 2;
    long height = (long) side * draws.between(least, 5);
    long width = (long) side * draws.between(least, 5);
    inputs.put("x", draws.normals(batch, config.inChannels(), height, width));
    inputs.put("time", draws.whole(0, STEPS - 1, batch));
    if (config.conditional()) {
      int tokens = draws.oneOf(TOKENS);
      inputs.put("tokens", draws.normals(batch, tokens, config.tokenWidth()));
      if (!json.path("only_cross_attention").asBoolean() && draws.coin()) {
        inputs.put("mask", draws.mask(1, batch, tokens));
      }
    }
    if (config.labelWidth() > 0) {
      inputs.put("labels", draws.normals(batch, config.labelWidth()));
    } else if (config.labelled()) {
      inputs.put("labels", draws.whole(0, DrawnConfig.CLASSES - 1, batch));
    }
    Graph graph = new Unet2d(config).graph(inputs.containsKey("mask"));
    return new DrawnNetwork(json, draws.weights(graph), inputs, draws.oneOf(DOCTORED_UNET));
  }

  /** Diffusers' unconditional networks always need sides that halve; ours does without. */
  private static int sideMultiple(Unet2dConfig config, ObjectNode json) {
    return config.conditional()
        ? config.sideMultiple()
        : 1 << (json.path("block_out_channels").size() - 1);
  }

  private static DrawnNetwork autoencoder(Draws draws, ObjectNode json) {
    AutoencoderConfig config = AutoencoderConfig.parse(bytes(json), "drawn");
    Autoencoder model = new Autoencoder(config);
    Map<String, HostTensor> weights = new LinkedHashMap<>(draws.weights(model.encoderGraph()));
    weights.putAll(draws.weights(model.decoderGraph()));
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    int batch = draws.between(1, 3);
    long side = (long) config.reduction() * draws.between(2, 5);
    inputs.put("x", draws.normals(batch, config.inChannels(), side, 2 * side));
    inputs.put(
        "z",
        draws.normals(batch, config.latentChannels(), draws.between(2, 6), draws.between(2, 6)));
    return new DrawnNetwork(json, weights, inputs, draws.oneOf(DOCTORED_AUTOENCODER));
  }

  /** What our engine makes of it. */
  List<HostTensor> ours() {
    if (!inputs.containsKey("z")) {
      Unet2dConfig unet = Unet2dConfig.parse(bytes(config), "drawn");
      return call(
          new Unet2d(unet).graph(inputs.containsKey("mask")), weights, Unet2d.PREDICT, inputs);
    }
    Autoencoder model = new Autoencoder(AutoencoderConfig.parse(bytes(config), "drawn"));
    Map<String, HostTensor> x = Map.of("x", inputs.get("x"));
    Map<String, HostTensor> z = Map.of("latent", inputs.get("z"));
    Map<String, StoredTensor> encoder = AutoencoderWeights.encoder(weights);
    Map<String, StoredTensor> decoder = AutoencoderWeights.decoder(weights);
    List<HostTensor> both =
        new ArrayList<>(call(model.encoderGraph(), encoder, Autoencoder.ENCODE, x));
    both.addAll(call(model.decoderGraph(), decoder, Autoencoder.DECODE, z));
    return both;
  }

  private static List<HostTensor> call(
      Graph graph,
      Map<String, ? extends StoredTensor> weights,
      String method,
      Map<String, HostTensor> inputs) {
    try (TorchModule module = TorchModule.load(graph, weights, "cpu", Mode.FROZEN)) {
      return module.call(method, Call.floats(method, inputs).ordered());
    }
  }

  private static byte[] bytes(ObjectNode config) {
    return config.toString().getBytes(StandardCharsets.UTF_8);
  }
}
