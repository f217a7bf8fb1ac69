package dev.cascadefarm.standalone.diffusers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.cascade.CascadeStage;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.clip.ClipTextStageConfig;
import dev.cascadefarm.diffusion.imagen.LowresPicture;
import dev.cascadefarm.diffusion.runner.BundleFiles.Weights;
import dev.cascadefarm.diffusion.runner.ClipBundleFiles;
import dev.cascadefarm.diffusion.runner.DiffusionConfig;
import dev.cascadefarm.diffusion.runner.KarloBundleFiles;
import dev.cascadefarm.diffusion.runner.KarloDecoderConfig;
import dev.cascadefarm.diffusion.runner.KarloPriorConfig;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import dev.cascadefarm.diffusion.runner.Unet2dStageConfig;
import dev.cascadefarm.diffusion.sampler.Rows;
import dev.cascadefarm.diffusion.weights.ShardedSafeTensors;
import dev.cascadefarm.standalone.install.CascadeInstallation;
import dev.cascadefarm.standalone.install.DiffusionParameters;
import dev.cascadefarm.standalone.install.DiffusionStage;
import dev.cascadefarm.standalone.install.Origin;
import dev.cascadefarm.standalone.install.TextStage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A pipeline of Karlo's kind as one cascade from captions: text, prior, decoder, and two stages
 * that share the rows of the super-resolution, one for each of its U-Nets.
 */
record KarloImport(KarloPipeline pipeline, ImportedName name) implements PipelinePlan {
  private static final String TEXT = "text";
  private static final String PRIOR = "prior";
  private static final String DECODER = "decoder";
  private static final String LAST = "last";

  private static final int STEPS = 25;
  private static final int ENLARGER_STEPS = 7;
  private static final double PRIOR_GUIDANCE = 4;
  private static final double DECODER_GUIDANCE = 8;

  @Override
  public List<Cascade> cascades() {
    List<CascadeStage> stages =
        List.of(
            stage(TEXT, TextStage.PROMPTS),
            stage(PRIOR, Map.of(KarloStage.EMBEDS, "text.embeds")),
            stage(
                DECODER,
                Map.of(
                    KarloStage.EMBEDS, "text.embeds", KarloStage.IMAGE_EMBED, "prior.image_embed")),
            stage(enlarger(), Map.of(KarloStage.IMAGE, "decoder.image")),
            stage(
                LAST,
                Map.of(
                    KarloStage.IMAGE,
                    "decoder.image",
                    KarloStage.NOISY_IMAGE,
                    enlarger() + "." + KarloStage.NOISY_IMAGE)));
    String description = "unCLIP of Karlo's kind, %d pixels".formatted(pipeline.sides().large());
    return List.of(new Cascade(name.name(), ImportedName.VERSION, description, stages));
  }

  private CascadeStage stage(String stage, Map<String, String> inputs) {
    return new CascadeStage(stage, name.bundle(stage), inputs);
  }

  private String enlarger() {
    return "sr" + pipeline.sides().large();
  }

  @Override
  public List<String> skipped() {
    return pipeline.source().skipped();
  }

  @Override
  public void write(CascadeInstallation installation, Consumer<String> reports) throws IOException {
    reports.accept(TEXT + ": " + KarloPipeline.TEXT_ENCODER);
    writeText(installation);
    reports.accept(PRIOR + ": " + KarloPipeline.PRIOR);
    writePrior(installation);
    reports.accept(DECODER + ": " + KarloPipeline.TEXT_PROJ + ", " + KarloPipeline.DECODER);
    writeDecoder(installation);
    reports.accept(enlarger() + ": " + KarloPipeline.FIRST);
    writeFirst(installation);
    reports.accept(LAST + ": " + KarloPipeline.LAST);
    writeLast(installation);
  }

  private void writeText(CascadeInstallation installation) {
    BundleId id = name.bundle(TEXT);
    Path folder = installation.folder(id);
    ClipTextStageConfig config = ClipBundleFiles.writeText(folder, pipeline.text());
    new TextStage(TorchStageLoader.CLIP_TEXT_KIND, WireJson.MAPPER.valueToTree(config))
        .seal(folder, id, origin(KarloPipeline.TEXT_ENCODER));
  }

  private void writePrior(CascadeInstallation installation) throws IOException {
    BundleId id = name.bundle(PRIOR);
    Path folder = installation.folder(id);
    PipelineSampling sampling =
        PipelineSampling.asSaid(pipeline.schedulers().prior(), STEPS, PRIOR_GUIDANCE);
    DiffusionConfig diffusion = sampling.diffusion(LowresPicture.AS_TRAINED);
    KarloPriorConfig model = new KarloPriorConfig(pipeline.source().config(KarloPipeline.PRIOR));
    KarloBundleFiles.writePrior(folder, model, diffusion, weights(KarloPipeline.PRIOR));
    new KarloStage(
            TorchStageLoader.UNCLIP_PRIOR_KIND,
            Map.of(KarloStage.EMBEDS, TextStage.embeds()),
            Map.of(KarloStage.IMAGE_EMBED, KarloStage.embedding(pipeline.embedding())),
            0)
        .seal(
            folder,
            id,
            settings(KarloStage.parameters(sampling), model, diffusion),
            origin(KarloPipeline.PRIOR));
  }

  private void writeDecoder(CascadeInstallation installation) throws IOException {
    BundleId id = name.bundle(DECODER);
    Path folder = installation.folder(id);
    int side = pipeline.sides().small();
    PipelineSampling sampling =
        PipelineSampling.asSaid(pipeline.schedulers().decoder(), STEPS, DECODER_GUIDANCE);
    DiffusionConfig diffusion = sampling.diffusion(LowresPicture.AS_TRAINED);
    KarloDecoderConfig model =
        new KarloDecoderConfig(
            pipeline.source().config(KarloPipeline.DECODER),
            pipeline.source().config(KarloPipeline.TEXT_PROJ),
            pipeline.tokens());
    KarloBundleFiles.writeDecoder(folder, model, diffusion, side, decoderWeights());
    new KarloStage(
            TorchStageLoader.UNCLIP_DECODER_KIND,
            Map.of(
                KarloStage.EMBEDS,
                TextStage.embeds(),
                KarloStage.IMAGE_EMBED,
                KarloStage.embedding(pipeline.embedding())),
            Map.of(KarloStage.IMAGE, KarloStage.picture(side)),
            side)
        .seal(
            folder,
            id,
            settings(KarloStage.parameters(sampling), model, diffusion),
            origin(KarloPipeline.DECODER));
  }

  private Weights decoderWeights() {
    PipelineFolder source = pipeline.source();
    return KarloBundleFiles.decoderWeights(
        ShardedSafeTensors.map(source.part(KarloPipeline.DECODER)),
        ShardedSafeTensors.map(source.part(KarloPipeline.TEXT_PROJ)));
  }

  private void writeFirst(CascadeInstallation installation) throws IOException {
    int side = pipeline.sides().large();
    KarloStage stage =
        new KarloStage(
            TorchStageLoader.DIFFUSION_KIND,
            Map.of(KarloStage.IMAGE, DiffusionStage.image("h", "w")),
            Map.of(KarloStage.NOISY_IMAGE, KarloStage.noisyPicture(side)),
            side);
    ObjectNode parameters = KarloStage.parameters(enlarging());
    DiffusionParameters.keep(parameters, "steps", "threshold", "range");
    parameters.withObject("properties").withObject("steps").put("minimum", Rows.FEWEST);
    writeEnlarger(
        installation,
        name.bundle(enlarger()),
        new Share(KarloPipeline.FIRST, Rows.BUT_LAST, stage, parameters));
  }

  private void writeLast(CascadeInstallation installation) throws IOException {
    int side = pipeline.sides().large();
    KarloStage stage =
        new KarloStage(
            TorchStageLoader.DIFFUSION_KIND,
            Map.of(
                KarloStage.IMAGE,
                DiffusionStage.image("h", "w"),
                KarloStage.NOISY_IMAGE,
                KarloStage.noisyPicture(side)),
            Map.of(KarloStage.IMAGE, KarloStage.picture(side)),
            side);
    ObjectNode parameters = KarloStage.parameters(enlarging());
    DiffusionParameters.keep(parameters, "threshold", "range");
    writeEnlarger(
        installation,
        name.bundle(LAST),
        new Share(KarloPipeline.LAST, Rows.LAST, stage, parameters));
  }

  /** One of the two stages that enlarge. */
  private record Share(String part, Rows rows, KarloStage stage, ObjectNode parameters) {}

  private void writeEnlarger(CascadeInstallation installation, BundleId id, Share share)
      throws IOException {
    Path folder = installation.folder(id);
    DiffusionConfig diffusion = enlarging().diffusion(LowresPicture.KARLO).with(share.rows());
    Unet2dStageConfig model =
        new Unet2dStageConfig(pipeline.source().config(share.part()), KarloPipeline.RGB, 0, false);
    KarloBundleFiles.writeEnlarger(
        folder, model, diffusion, pipeline.sides().large(), weights(share.part()));
    share
        .stage()
        .seal(folder, id, settings(share.parameters(), model, diffusion), origin(share.part()));
  }

  private PipelineSampling enlarging() {
    return PipelineSampling.asSaid(pipeline.schedulers().enlarger(), ENLARGER_STEPS, 1);
  }

  private static KarloStage.Settings settings(
      ObjectNode parameters, Object model, DiffusionConfig diffusion) {
    return new KarloStage.Settings(
        parameters, WireJson.MAPPER.valueToTree(model), WireJson.MAPPER.valueToTree(diffusion));
  }

  private Weights weights(String part) {
    return pipeline.source().weights(part);
  }

  private Origin origin(String part) {
    return name.origin(pipeline.source(), part);
  }
}
