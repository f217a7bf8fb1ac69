package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.check.Check;
import dev.cascadefarm.diffusion.denoise.DenoisingLoss;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.unclip.Decoder;
import dev.cascadefarm.diffusion.unclip.DecoderConfig;
import dev.cascadefarm.diffusion.unclip.DecoderPredictor;
import java.util.ArrayList;
import java.util.List;

/**
 * Teaches a decoder on captioned pictures and their own embeddings, with the CLIP frozen.
 * Validation shows whole pictures, every embedding and every caption, and draws its noise by
 * numbers of its own, the same every time.
 */
public final class DecoderTask implements TrainingTask {
  private final DenoisingLoss loss;
  private final StageData data;
  private final ClipExamples examples;
  private final PictureTensors tensors;
  private final DecoderTraining training;

  private DecoderTask(
      DenoisingLoss loss, StageData data, ClipExamples examples, DecoderTraining training) {
    this.loss = loss;
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
    Check.require(config.channels() == 3, "channels", config.channels(), "3");
    Check.require(frame.cropSide() == frame.side(), "crop", frame.cropSide(), "whole pictures");
    Check.require(frame.lowresSide() == 0, "lowres_side", frame.lowresSide(), "0");
    DecoderPredictor predictor = new DecoderPredictor(decoder, frame.side());
    DenoisingLoss loss = new DenoisingLoss(predictor, training.diffusion().loss());
    return new DecoderTask(loss, data, new ClipExamples(encoder), training);
  }

  @Override
  public Graph graph() {
    return loss.graph();
  }

  @Override
  public String lossMethod() {
    return DenoisingLoss.LOSS;
  }

  @Override
  public int batchSize() {
    return data.batch();
  }

  @Override
  public List<Input> batch(long number) {
    NoisedBatches noised = new NoisedBatches(training.diffusion(), data.seed());
    return inputs(data.training(), number, noised, training.imageDrop());
  }

  @Override
  public int validationBatches() {
    return data.validationCount();
  }

  @Override
  public List<Input> validationBatch(int index) {
    NoisedBatches noised = new NoisedBatches(training.diffusion().withoutDrop(), ~data.seed());
    return inputs(data.validation(), index, noised, 0);
  }

  private List<Input> inputs(
      PictureBatches batches, long number, NoisedBatches noised, double imageDrop) {
    long[] indices = batches.indices(number);
    int count = indices.length;
    int side = data.frame().side();
    HostTensor pictures = tensors.of(batches.pictures(), indices, number, side).pictures();
    ClipEncoder.Captions captions = examples.captions(batches, indices);
    List<HostTensor> inputs = new ArrayList<>(noised.noised(number, pictures));
    inputs.addAll(List.of(captions.encodings(), captions.mask(), noised.keep(number, count)));
    inputs.add(noised.keep("image drop", number, count, imageDrop));
    inputs.add(examples.pictures(batches.pictures(), indices));
    return inputs.stream().<Input>map(Input.Floats::new).toList();
  }
}
