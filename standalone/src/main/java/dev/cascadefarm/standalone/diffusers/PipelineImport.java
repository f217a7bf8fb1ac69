package dev.cascadefarm.standalone.diffusers;

import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.diffusion.clip.ClipFilesException;
import dev.cascadefarm.diffusion.diffusers.ConfigException;
import dev.cascadefarm.diffusion.diffusers.DiffusersConfig;
import dev.cascadefarm.diffusion.scheduler.SchedulerConfigException;
import dev.cascadefarm.diffusion.t5.T5FilesException;
import dev.cascadefarm.diffusion.weights.WeightsException;
import dev.cascadefarm.standalone.install.CascadeInstallation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A pipeline that diffusers saved, about to become cascades: of which family it is, its index says.
 * Immutable; {@link #install} belongs on the engine thread.
 */
public final class PipelineImport {
  private static final List<String> FAMILIES =
      List.of(
          StableDiffusionParts.PIPELINE,
          DeepFloydPipeline.BASE,
          DeepFloydPipeline.SUPER_RESOLUTION,
          KarloPipeline.PIPELINE);

  private final Path folder;
  private final PipelinePlan plan;

  private PipelineImport(Path folder, PipelinePlan plan) {
    this.folder = folder;
    this.plan = plan;
  }

  /**
   * Checks everything but the numbers of the weights.
   *
   * @param superResolution folder of a second pipeline that enlarges the pictures of the first
   * @param name of the first cascade
   * @throws PipelineException if a folder is not as it should be
   */
  public static PipelineImport open(Path folder, Optional<Path> superResolution, String name) {
    try {
      ImportedName imported = new ImportedName(name);
      PipelinePlan plan = explained(folder, () -> plan(folder, superResolution, imported));
      return new PipelineImport(folder, plan);
    } catch (IOException e) {
      throw new PipelineException(folder + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static PipelinePlan plan(Path folder, Optional<Path> superResolution, ImportedName name)
      throws IOException {
    DiffusersConfig index = PipelineFolder.index(folder);
    String family = index.className();
    index.require(FAMILIES.contains(family), "_class_name", String.join(", ", FAMILIES));
    PipelineException.require(
        superResolution.isEmpty() || family.equals(DeepFloydPipeline.BASE),
        "--super-resolution: " + superResolution.map(Path::toString).orElse(""),
        "absent, as %s is a %s and no %s".formatted(folder, family, DeepFloydPipeline.BASE));
    return switch (family) {
      case DeepFloydPipeline.BASE -> DeepFloydImport.base(folder, superResolution, name);
      case KarloPipeline.PIPELINE -> new KarloImport(KarloPipeline.read(folder), name);
      case DeepFloydPipeline.SUPER_RESOLUTION -> DeepFloydImport.enlarger(folder, name);
      default -> new StableDiffusionImport(StableDiffusionParts.read(folder), name);
    };
  }

  /**
   * Writes the bundles and the cascades, all or nothing; weights pass through memory a tensor at a
   * time.
   *
   * @param reports hears a line for every bundle that is written, and of parts that are not
   * @throws dev.cascadefarm.common.cascade.InvalidCatalogueException if the name is taken
   * @throws PipelineException if weights are damaged or do not fit
   */
  public List<Cascade> install(Path catalogue, Consumer<String> reports) throws IOException {
    return explained(folder, () -> written(catalogue, reports));
  }

  private List<Cascade> written(Path catalogue, Consumer<String> reports) throws IOException {
    List<Cascade> cascades = plan.cascades();
    try (CascadeInstallation installation = CascadeInstallation.begin(catalogue, cascades)) {
      if (!plan.skipped().isEmpty()) {
        reports.accept(
            "not imported: "
                + String.join(", ", plan.skipped())
                + "; nothing looks at the pictures or marks them");
      }
      plan.write(installation, reports);
      installation.finish();
    }
    return cascades;
  }

  /** Runs what reads a folder; whatever is wrong with it becomes one kind of complaint. */
  private static <T> T explained(Path folder, Reading<T> reading) throws IOException {
    try {
      return reading.run();
    } catch (WeightsException
        | ConfigException
        | SchedulerConfigException
        | ClipFilesException
        | T5FilesException e) {
      throw new PipelineException(e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new PipelineException(folder + ": " + e.getMessage(), e);
    }
  }

  /** Something that reads a folder. */
  private interface Reading<T> {
    T run() throws IOException;
  }
}
