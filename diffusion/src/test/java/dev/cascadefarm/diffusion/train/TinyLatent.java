package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Mode;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.text.TextEncoder;
import dev.cascadefarm.diffusion.text.TextEncoderConfig;
import dev.cascadefarm.diffusion.train.LatentRecipe.Captions;
import dev.cascadefarm.diffusion.train.LatentRecipe.Network.Compressor;
import dev.cascadefarm.diffusion.train.LatentRecipe.Network.Drawer;
import dev.cascadefarm.diffusion.train.LatentTask.Frozen;
import dev.cascadefarm.diffusion.vae.Autoencoder;
import dev.cascadefarm.diffusion.vae.AutoencoderConfig;
import dev.cascadefarm.diffusion.vae.AutoencoderWeights;
import dev.cascadefarm.diffusion.vae.LatentEncoder;
import dev.cascadefarm.diffusion.weights.Initialization;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The models of {@code tiny-latent}, with random weights where nothing was taught. */
final class TinyLatent {
  static final List<LatentRecipe> RECIPES = LatentRecipes.of("tiny-latent");

  private static final TextEncoderConfig TEXT = SceneRecipes.of("tiny").get(0).text();

  private TinyLatent() {}

  static AutoencoderTask autoencoder() {
    LatentRecipe recipe = RECIPES.get(0);
    return recipe.task((Compressor) recipe.network());
  }

  static LatentTask latent(Frozen frozen) {
    LatentRecipe recipe = RECIPES.get(1);
    Captions captions = new Captions(TEXT.width(), TEXT.maxTextLen());
    return recipe.task((Drawer) recipe.network(), frozen, captions);
  }

  static CaptionEncoder captions(Path folder) throws IOException {
    Map<String, HostTensor> weights = Initialization.random(new TextEncoder(TEXT).graph(), 1);
    return WordCaptions.load(TEXT, weights, TinyUnclip.tokenizer(folder));
  }

  /** Of weights of the whole autoencoder. */
  static LatentEncoder encoder(AutoencoderConfig config, Map<String, HostTensor> weights) {
    return new LatentEncoder(
        config,
        TorchModule.load(
            new Autoencoder(config).encoderGraph(),
            AutoencoderWeights.encoder(weights),
            "cpu",
            Mode.FROZEN));
  }
}
