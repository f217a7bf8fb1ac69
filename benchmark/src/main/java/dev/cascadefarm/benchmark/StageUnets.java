package dev.cascadefarm.benchmark;

import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.cascade.InstalledBundle;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.denoise.Denoiser;
import dev.cascadefarm.diffusion.imagen.Unet;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.imagen.UnetPredictor;
import dev.cascadefarm.diffusion.runner.BundleFiles;
import dev.cascadefarm.diffusion.runner.DiffusionConfig;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.diffusion.weights.Initialization;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The U-Nets of a cascade in its order, and a stand-in where it has none for 256². */
final class StageUnets {
  private static final int LARGE = 256;

  /** Side of the grid that a slight U-Net works on. */
  private static final int SLIGHT_GRID = 16;

  private StageUnets() {}

  /** The diffusion stages of a cascade. */
  static List<StageUnet> of(Path catalogue, String cascade) {
    Catalogue read = Catalogue.read(catalogue);
    List<StageUnet> unets = new ArrayList<>();
    for (var stage : read.cascade(cascade).orElseThrow().stages()) {
      InstalledBundle installed = read.bundle(stage.bundle());
      if (installed.bundle().kind().equals(TorchStageLoader.DIFFUSION_KIND)) {
        unets.add(unet(stage.name(), installed));
      }
    }
    return unets;
  }

  /** One of them. */
  static StageUnet of(Path catalogue, String cascade, String stage) {
    return of(catalogue, cascade).stream()
        .filter(each -> each.name().equals(stage))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(stage + " (expected: a diffusion stage)"));
  }

  /**
   * The diffusion stages of a cascade; where none draws 256² yet, a U-Net of about the cost that
   * such a stage will have, with random weights.
   *
   * @param scratch where the stand-in's files go
   */
  static List<StageUnet> withLarge(Path catalogue, String cascade, Path scratch) {
    List<StageUnet> unets = of(catalogue, cascade);
    if (unets.stream().noneMatch(each -> each.side() == LARGE)) {
      unets.add(standIn(unets.get(unets.size() - 1), scratch));
    }
    return unets;
  }

  private static StageUnet unet(String name, InstalledBundle installed) {
    var bundle = installed.bundle();
    UnetConfig config = WireJson.read(bundle.model().toString(), UnetConfig.class);
    return new StageUnet(name, bundle.imageSize(), config, bundle.diffusion(), installed.folder());
  }

  /** Efficient, without self-attention, else as the stage before it. */
  private static StageUnet standIn(StageUnet before, Path folder) {
    UnetConfig config =
        before.config().toBuilder()
            .dim(16)
            .dimMults(1, 2, 4)
            .numResnetBlocks(1)
            .layerAttns(false)
            .layerCrossAttns(false, false, true)
            .lowresCond(true)
            .memoryEfficient(true)
            .build();
    return untaught("sr256 (stand-in)", LARGE, config, folder);
  }

  /**
   * A stage that takes and gives the same as another, by a U-Net that costs next to nothing.
   *
   * @param folder where its files go
   */
  static StageUnet slight(StageUnet stage, Path folder) {
    UnetConfig config =
        stage.config().toBuilder()
            .dim(8)
            .dimMults(1)
            .numResnetBlocks(0)
            .layerAttns(false)
            .layerCrossAttns(false)
            .patchSize(stage.side() / SLIGHT_GRID)
            .build();
    return untaught("slight " + stage.name(), stage.side(), config, folder);
  }

  private static StageUnet untaught(String name, int side, UnetConfig config, Path folder) {
    DiffusionConfig diffusion = new DiffusionConfig("cosine", 1000, Objective.V, 2);
    var graph = new Denoiser(new UnetPredictor(new Unet(config), side)).samplingGraph();
    BundleFiles.writeDiffusion(
        folder,
        config,
        diffusion,
        side,
        new BundleFiles.Weights(Initialization.random(graph, 1), ElementType.F32));
    return new StageUnet(name, side, config, WireJson.MAPPER.valueToTree(diffusion), folder);
  }
}
