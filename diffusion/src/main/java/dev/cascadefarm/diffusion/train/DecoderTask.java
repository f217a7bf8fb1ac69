package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.check.Check;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.unclip.Decoder;
import dev.cascadefarm.diffusion.unclip.DecoderConfig;
import dev.cascadefarm.diffusion.unclip.DecoderLoss;
import dev.cascadefarm.diffusion.unclip.NoiseLevels;
import java.util.List;
import java.util.stream.Stream;

/**
 * Teaches a decoder on captioned pictures and their own embeddings, with the CLIP frozen.
 * Validation shows whole pictures, every embedding and every caption, and draws its noise by
 * numbers of its own, the same every time.
 */
public final class DecoderTask implements TrainingTask {
  private final Decoder decoder;
  private final StageData data;
  private final ClipExamples examples;
  private final PictureTensors tensors;
  private final DecoderTraining training;

  private DecoderTask(
      Decoder decoder, StageData data, ClipExamples examples, DecoderTraining training) {
    this.decoder = decoder;
    this.data = data;
    this.examples = examples;
    this.tensors = new PictureTensors(data.frame(), new CounterNoise(data.seed(), "train", "crop"));
    this.training = training;
  }

  /**
   * Prepares the task.
   *
   * @param data whose pictures are the decoder's; the CLIP sees the same ones at its own size
   * @param encoder stays open
   * @throws IllegalArgumentException naming what does not fit together
   */
  public static DecoderTask of(
      Decoder decoder, StageData data, ClipEncoder encoder, DecoderTraining training) {
    DecoderConfig config = decoder.config();
    ClipExamples.requireFit(
        encoder.config(), config.latentDim(), config.textWidth(), config.maxTextLen());
    StageData.Frame frame = data.frame();
    int multiple = config.sideMultiple();
    Check.require(config.channels() == 3, "channels", config.channels(), "3");
    Check.require(frame.side() % multiple == 0, "side", frame.side(), "a multiple of " + multiple);
    Check.require(frame.cropSide() == frame.side(), "crop", frame.cropSide(), "whole pictures");
    Check.require(frame.lowresSide() == 0, "lowres_side", frame.lowresSide(), "0");
    return new DecoderTask(decoder, data, new ClipExamples(encoder), training);
  }

  @Override
  public Graph graph() {
    return new DecoderLoss(decoder).graph();
  }

  @Override
  public String lossMethod() {
    return DecoderLoss.LOSS;
  }

  @Override
  public int batchSize() {
    return data.batch();
  }

  @Override
  public List<Input> batch(long number) {
    return inputs(data.training(), number, new BatchDraws(data.seed()), training);
  }

  @Override
  public int validationBatches() {
    return data.validationCount();
  }

  @Override
  public List<Input> validationBatch(int index) {
    BatchDraws draws = new BatchDraws(~data.seed());
    return inputs(data.validation(), index, draws, training.withoutDrop());
  }

  private List<Input> inputs(
      PictureBatches batches, long number, BatchDraws draws, DecoderTraining shown) {
    long[] indices = batches.indices(number);
    int count = indices.length;
    int side = data.frame().side();
    HostTensor pictures = tensors.of(batches.pictures(), indices, number, side).pictures();
    ClipEncoder.Captions captions = examples.captions(batches, indices);
    int[] times = draws.times(number, count, shown.timesteps());
    return Stream.of(
            pictures,
            draws.normals("noise", number, pictures),
            NoiseLevels.rows(shown.noiseSchedule(), shown.objective(), times),
            examples.pictures(batches.pictures(), indices),
            draws.keep("image drop", number, count, shown.imageDrop()),
            captions.encodings(),
            captions.mask(),
            draws.keep("drop", number, count, shown.captionDrop()))
        .<Input>map(Input.Floats::new)
        .toList();
  }
}
