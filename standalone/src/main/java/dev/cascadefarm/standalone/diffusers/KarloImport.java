package dev.cascadefarm.standalone.diffusers;

import static dev.cascadefarm.standalone.diffusers.KarloStage.NOISY_IMAGE;
import static dev.cascadefarm.standalone.install.BetweenStages.EMBEDS;
import static dev.cascadefarm.standalone.install.BetweenStages.IMAGE;
import static dev.cascadefarm.standalone.install.BetweenStages.IMAGE_EMBED;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.cascade.CascadeStage;
import dev.cascadefarm.common.cascade.TensorSpec;
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
import dev.cascadefarm.standalone.install.BetweenStages;
import dev.cascadefarm.standalone.install.BundleDraft;
import dev.cascadefarm.standalone.install.CascadeInstallation;
import dev.cascadefarm.standalone.install.DiffusionParameters;
import dev.cascadefarm.standalone.install.StageEnds;
import dev.cascadefarm.standalone.install.StageModel;
import dev.cascadefarm.standalone.install.TextStage;
import java.io.IOException;
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
            stage(PRIOR, Map.of(EMBEDS, "text.embeds")),
            stage(DECODER, Map.of(EMBEDS, "text.embeds", IMAGE_EMBED, "prior.image_embed")),
            stage(enlarger(), Map.of(IMAGE, "decoder.image")),
            stage(
                LAST, Map.of(IMAGE, "decoder.image", NOISY_IMAGE, enlarger() + "." + NOISY_IMAGE)));
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
    BundleDraft draft = draft(installation, TEXT, KarloPipeline.TEXT_ENCODER);
    ClipTextStageConfig config = ClipBundleFiles.writeText(draft.folder(), pipeline.text());
    new TextStage(TorchStageLoader.CLIP_TEXT_KIND, WireJson.MAPPER.valueToTree(config)).seal(draft);
  }

  private void writePrior(CascadeInstallation installation) throws IOException {
    BundleDraft draft = draft(installation, PRIOR, KarloPipeline.PRIOR);
    PipelineSampling sampling =
        PipelineSampling.asSaid(pipeline.schedulers().prior(), STEPS, PRIOR_GUIDANCE);
    DiffusionConfig diffusion = sampling.diffusion(LowresPicture.AS_TRAINED);
    KarloPriorConfig model = new KarloPriorConfig(pipeline.source().config(KarloPipeline.PRIOR));
    KarloBundleFiles.writePrior(draft.folder(), model, diffusion, weights(KarloPipeline.PRIOR));
    draft.seal(
        StageEnds.ofImage(
            Map.of(EMBEDS, BetweenStages.embeds()), Map.of(IMAGE_EMBED, imageEmbed())),
        StageModel.diffusing(
            TorchStageLoader.UNCLIP_PRIOR_KIND, model, diffusion, KarloStage.parameters(sampling)));
  }

  private void writeDecoder(CascadeInstallation installation) throws IOException {
    BundleDraft draft = draft(installation, DECODER, KarloPipeline.DECODER);
    int side = pipeline.sides().small();
    PipelineSampling sampling =
        PipelineSampling.asSaid(pipeline.schedulers().decoder(), STEPS, DECODER_GUIDANCE);
    DiffusionConfig diffusion = sampling.diffusion(LowresPicture.AS_TRAINED);
    KarloDecoderConfig model =
        new KarloDecoderConfig(
            pipeline.source().config(KarloPipeline.DECODER),
            pipeline.source().config(KarloPipeline.TEXT_PROJ),
            pipeline.tokens());
    KarloBundleFiles.writeDecoder(draft.folder(), model, diffusion, side, decoderWeights());
    draft.seal(
        StageEnds.ofImage(
            Map.of(EMBEDS, BetweenStages.embeds(), IMAGE_EMBED, imageEmbed()),
            Map.of(IMAGE, BetweenStages.image(side)),
            side),
        StageModel.diffusing(
            TorchStageLoader.UNCLIP_DECODER_KIND,
            model,
            diffusion,
            KarloStage.parameters(sampling)));
  }

  private TensorSpec imageEmbed() {
    return BetweenStages.imageEmbed(pipeline.embedding());
  }

  private Weights decoderWeights() {
    PipelineFolder source = pipeline.source();
    return KarloBundleFiles.decoderWeights(
        ShardedSafeTensors.map(source.part(KarloPipeline.DECODER)),
        ShardedSafeTensors.map(source.part(KarloPipeline.TEXT_PROJ)));
  }

  private void writeFirst(CascadeInstallation installation) throws IOException {
    int side = pipeline.sides().large();
    StageEnds ends =
        StageEnds.ofImage(
            Map.of(IMAGE, BetweenStages.anyImage()),
            Map.of(NOISY_IMAGE, KarloStage.noisyPicture(side)),
            side);
    ObjectNode parameters = KarloStage.parameters(enlarging());
    DiffusionParameters.keep(parameters, "steps", "threshold", "range");
    parameters.withObject("properties").withObject("steps").put("minimum", Rows.FEWEST);
    writeEnlarger(
        draft(installation, enlarger(), KarloPipeline.FIRST),
        new Share(KarloPipeline.FIRST, Rows.BUT_LAST, ends, parameters));
  }

  private void writeLast(CascadeInstallation installation) throws IOException {
    int side = pipeline.sides().large();
    StageEnds ends =
        StageEnds.ofImage(
            Map.of(IMAGE, BetweenStages.anyImage(), NOISY_IMAGE, KarloStage.noisyPicture(side)),
            Map.of(IMAGE, BetweenStages.image(side)),
            side);
    ObjectNode parameters = KarloStage.parameters(enlarging());
    DiffusionParameters.keep(parameters, "threshold", "range");
    writeEnlarger(
        draft(installation, LAST, KarloPipeline.LAST),
        new Share(KarloPipeline.LAST, Rows.LAST, ends, parameters));
  }

  /** One of the two stages that enlarge. */
  private record Share(String part, Rows rows, StageEnds ends, ObjectNode parameters) {}

  private void writeEnlarger(BundleDraft draft, Share share) throws IOException {
    DiffusionConfig diffusion = enlarging().diffusion(LowresPicture.KARLO).with(share.rows());
    Unet2dStageConfig model =
        new Unet2dStageConfig(pipeline.source().config(share.part()), KarloPipeline.RGB, 0, false);
    KarloBundleFiles.writeEnlarger(
        draft.folder(), model, diffusion, pipeline.sides().large(), weights(share.part()));
    draft.seal(
        share.ends(),
        StageModel.diffusing(
            TorchStageLoader.DIFFUSION_KIND, model, diffusion, share.parameters()));
  }

  private PipelineSampling enlarging() {
    return PipelineSampling.asSaid(pipeline.schedulers().enlarger(), ENLARGER_STEPS, 1);
  }

  private Weights weights(String part) {
    return pipeline.source().weights(part);
  }

  private BundleDraft draft(CascadeInstallation installation, String stage, String part) {
    return installation.draft(name.bundle(stage), name.origin(pipeline.source(), part));
  }
}
