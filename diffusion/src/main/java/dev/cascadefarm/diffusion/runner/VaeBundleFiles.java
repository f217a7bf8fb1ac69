package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.runner.BundleFiles.Weights;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.vae.Autoencoder;
import dev.cascadefarm.diffusion.vae.AutoencoderConfig;
import dev.cascadefarm.diffusion.vae.AutoencoderWeights;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Writes the files of an autoencoder's two bundles beside their descriptions. */
public final class VaeBundleFiles {
  /** Height and width of the latents in the recorded self-test. */
  private static final int SMALL = 4;

  private VaeBundleFiles() {}

  /**
   * Writes the stage that makes latents of pictures.
   *
   * @param weights of the whole autoencoder
   */
  public static void writeEncoder(Path folder, AutoencoderConfig config, Weights weights) {
    int side = SMALL * config.reduction();
    Weights half = weights.with(AutoencoderWeights.encoder(weights.tensors()));
    BundleFiles.writeWeights(
        folder,
        new Autoencoder(config).encoderGraph(),
        half,
        Map.of(Autoencoder.ENCODE, noise(config.inChannels(), side)));
  }

  /**
   * Writes the stage that makes pictures of latents.
   *
   * @param weights of the whole autoencoder
   */
  public static void writeDecoder(Path folder, AutoencoderConfig config, Weights weights) {
    Weights half = weights.with(AutoencoderWeights.decoder(weights.tensors()));
    BundleFiles.writeWeights(
        folder,
        new Autoencoder(config).decoderGraph(),
        half,
        Map.of(Autoencoder.DECODE, noise(config.latentChannels(), SMALL)));
  }

  private static List<Input> noise(int channels, int side) {
    float[] noise = new CounterNoise(1, "self-test", "x").normals(0, channels * side * side);
    return List.of(new Input.Floats(HostTensor.of(noise, 1, channels, side, side)));
  }
}
