package dev.cascadefarm.standalone.diffusers;

import static dev.cascadefarm.standalone.install.BetweenStages.EMBEDS;
import static dev.cascadefarm.standalone.install.BetweenStages.IMAGE;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.cascade.CascadeStage;
import dev.cascadefarm.common.cascade.RequestField;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.runner.BundleFiles;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import dev.cascadefarm.diffusion.t5.T5Convention;
import dev.cascadefarm.diffusion.t5.T5Parts;
import dev.cascadefarm.diffusion.t5.T5TextConfig;
import dev.cascadefarm.standalone.install.BundleDraft;
import dev.cascadefarm.standalone.install.CascadeInstallation;
import dev.cascadefarm.standalone.install.LinearCascade;
import dev.cascadefarm.standalone.install.Origin;
import dev.cascadefarm.standalone.install.StageModel;
import dev.cascadefarm.standalone.install.TextStage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Pipelines of DeepFloyd IF as cascades over the same bundles: one that draws, and enlarges if
 * there is a second stage; with a second stage, another one that enlarges pictures of one's own.
 * All stages hear the same T5.
 *
 * @param speaker the pipeline whose T5 it is
 * @param base the first stage; absent if only pictures are enlarged
 * @param enlarger the second stage; absent if none is wanted
 */
record DeepFloydImport(
    ImportedName name,
    PipelineFolder speaker,
    T5Parts text,
    Optional<DeepFloydPipeline> base,
    Optional<DeepFloydPipeline> enlarger)
    implements PipelinePlan {
  private static final String TEXT = "text";
  private static final String BASE = "base";

  /** A first stage, and maybe a second one. */
  static DeepFloydImport base(Path folder, Optional<Path> superResolution, ImportedName name)
      throws IOException {
    DeepFloydPipeline base = DeepFloydPipeline.base(folder);
    T5Parts text = base.text().orElseThrow();
    base.requireHears(text);
    Optional<DeepFloydPipeline> enlarger = Optional.empty();
    if (superResolution.isPresent()) {
      DeepFloydPipeline second = DeepFloydPipeline.enlarger(superResolution.get());
      second.requireHears(text);
      PipelineException.require(
          second.stage().side() > base.stage().side(),
          "%s: sample_size: %d".formatted(superResolution.get(), second.stage().side()),
          "above %d, the first stage's".formatted(base.stage().side()));
      enlarger = Optional.of(second);
    }
    return new DeepFloydImport(name, base.source(), text, Optional.of(base), enlarger);
  }

  /** A second stage alone. */
  static DeepFloydImport enlarger(Path folder, ImportedName name) throws IOException {
    DeepFloydPipeline second = DeepFloydPipeline.enlarger(folder);
    T5Parts text =
        second
            .text()
            .orElseThrow(
                () ->
                    new PipelineException(
                        "%s: text_encoder: null (expected: a T5EncoderModel, or the folder as --super-resolution of a first stage)"
                            .formatted(folder)));
    second.requireHears(text);
    return new DeepFloydImport(name, second.source(), text, Optional.empty(), Optional.of(second));
  }

  @Override
  public List<Cascade> cascades() {
    List<Cascade> cascades = new ArrayList<>();
    base.ifPresent(first -> cascades.add(drawing(first)));
    enlarger.ifPresent(
        second -> cascades.add(enlarging(second, base.isPresent() ? "-enlarge" : "")));
    return cascades;
  }

  private Cascade drawing(DeepFloydPipeline first) {
    List<String> stages = new ArrayList<>(List.of(TEXT, BASE));
    enlarger.ifPresent(second -> stages.add(stage(second)));
    int side = enlarger.orElse(first).stage().side();
    return new Cascade(
        name.name(),
        ImportedName.VERSION,
        "DeepFloyd IF, %d pixels".formatted(side),
        LinearCascade.stages(stages, name::bundle));
  }

  private Cascade enlarging(DeepFloydPipeline second, String suffix) {
    String stage = stage(second);
    CascadeStage enlarge =
        new CascadeStage(
            stage,
            name.bundle(stage),
            Map.of(EMBEDS, TEXT + "." + EMBEDS, IMAGE, RequestField.INIT_IMAGE.source()));
    List<CascadeStage> stages = new ArrayList<>(LinearCascade.stages(List.of(TEXT), name::bundle));
    stages.add(enlarge);
    return new Cascade(
        name.name() + suffix,
        ImportedName.VERSION,
        "DeepFloyd IF over a picture, %d pixels".formatted(second.stage().side()),
        stages);
  }

  private static String stage(DeepFloydPipeline second) {
    return "sr" + second.stage().side();
  }

  @Override
  public List<String> skipped() {
    return Stream.of(base, enlarger)
        .flatMap(Optional::stream)
        .flatMap(each -> each.source().skipped().stream())
        .distinct()
        .toList();
  }

  @Override
  public void write(CascadeInstallation installation, Consumer<String> reports) throws IOException {
    reports.accept(TEXT + ": " + DeepFloydPipeline.TEXT_ENCODER);
    writeText(installation);
    base.ifPresent(first -> write(installation, BASE, first, reports));
    enlarger.ifPresent(second -> write(installation, stage(second), second, reports));
  }

  private void writeText(CascadeInstallation installation) throws IOException {
    BundleDraft draft =
        installation.draft(name.bundle(TEXT), name.origin(speaker, DeepFloydPipeline.TEXT_ENCODER));
    T5TextConfig config =
        new T5TextConfig(text.config(), DeepFloydPipeline.TOKENS, T5Convention.DEEPFLOYD);
    BundleFiles.writeT5(draft.folder(), text, config);
    new TextStage(TorchStageLoader.T5_KIND, WireJson.MAPPER.valueToTree(config), settings())
        .seal(draft);
  }

  private static ObjectNode settings() {
    ObjectNode schema = StageModel.noSettings();
    schema
        .withObject("properties")
        .putObject("clean")
        .put("type", "boolean")
        .put("description", "removes addresses, HTML, file names and the like from captions")
        .put("default", false);
    return schema;
  }

  private void write(
      CascadeInstallation installation,
      String stage,
      DeepFloydPipeline pipeline,
      Consumer<String> reports) {
    reports.accept(stage + ": " + DeepFloydPipeline.UNET);
    PipelineFolder source = pipeline.source();
    Origin origin = name.origin(source, DeepFloydPipeline.UNET);
    pipeline
        .stage()
        .write(
            installation.draft(name.bundle(stage), origin), source.weights(DeepFloydPipeline.UNET));
  }
}
