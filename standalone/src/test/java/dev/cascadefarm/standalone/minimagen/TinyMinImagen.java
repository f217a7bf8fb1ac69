package dev.cascadefarm.standalone.minimagen;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.denoise.Denoiser;
import dev.cascadefarm.diffusion.imagen.Unet;
import dev.cascadefarm.diffusion.imagen.UnetPredictor;
import dev.cascadefarm.diffusion.minimagen.ImagenArguments;
import dev.cascadefarm.diffusion.minimagen.MinImagen;
import dev.cascadefarm.diffusion.minimagen.TrainingDirectory;
import dev.cascadefarm.diffusion.minimagen.UnetArguments;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.t5.T5Config;
import dev.cascadefarm.diffusion.t5.T5Encoder;
import dev.cascadefarm.diffusion.t5.T5Folder;
import dev.cascadefarm.diffusion.t5.T5TextConfig;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.diffusion.weights.Initialization;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What somebody brings who trained with MinImagen: random weights, two U-Nets, a T5. */
public final class TinyMinImagen {
  static final String STAMP = "20260101_120000";
  static final int WIDTH = 16;
  private static final int VOCABULARY = 40;

  private TinyMinImagen() {}

  /** A training directory of 8×8 and 16×16 pictures. */
  public static Path directory(Path folder) {
    TrainingDirectory directory =
        TrainingDirectory.create(
            folder, STAMP, model(imagen(3)), Map.of("T5_NAME", "t5_small", "TIMESTEPS", "25"));
    for (int i = 0; i < 2; i++) {
      directory.writeBest(i, weights(directory.model(), i));
    }
    return folder;
  }

  /** Makes the models of such a directory draw in as few steps as there can be. */
  public static Path hasten(Path folder) throws IOException {
    Path file = folder.resolve("parameters/imagen_params_" + STAMP + ".json");
    ObjectNode imagen = (ObjectNode) WireJson.MAPPER.readTree(Files.readString(file));
    Files.writeString(file, imagen.put("timesteps", 21).toString());
    return folder;
  }

  static ImagenArguments imagen(int channels) {
    return new ImagenArguments(
        "t5_small",
        List.of(8, 16),
        WIDTH,
        channels,
        List.of(25, 400),
        0.15,
        "l2",
        0.3,
        true,
        0.8,
        null);
  }

  static MinImagen model(ImagenArguments imagen) {
    return new MinImagen(imagen, List.of(unet(false), unet(true)));
  }

  private static UnetArguments unet(boolean memoryEfficient) {
    return new UnetArguments(
        8,
        List.of(1, 2),
        3,
        null,
        null,
        512,
        List.of(1),
        List.of(false, true),
        List.of(true, false),
        2,
        false,
        memoryEfficient,
        false);
  }

  private static Map<String, HostTensor> weights(MinImagen model, int index) {
    int side = model.imagen().imageSizes().get(index);
    Denoiser denoiser = new Denoiser(new UnetPredictor(new Unet(model.config(index)), side));
    return Initialization.random(denoiser.samplingGraph(), index);
  }

  /** A T5 that fits, or does not if {@code width} is another one. */
  public static Path t5(Path folder, int width) throws IOException {
    T5Config config = new T5Config(VOCABULARY, width, 4, 12, 1, 2, 32, 128, "relu", 1e-6);
    Files.createDirectories(folder);
    ObjectNode json = WireJson.MAPPER.valueToTree(config);
    Files.writeString(folder.resolve(T5Folder.CONFIG), json.put("model_type", "t5").toString());
    Files.writeString(folder.resolve(T5Folder.TOKENIZER), tokenizer().toString());
    SafeTensors.write(
        folder.resolve(T5Folder.WEIGHTS),
        Initialization.random(new T5Encoder(new T5TextConfig(config, 8)).graph(), 9),
        ElementType.F32);
    return folder;
  }

  /** A T5 of the width that the directory's captions have. */
  public static Path t5(Path folder) throws IOException {
    return t5(folder, WIDTH);
  }

  /** Every letter is a piece, as T5's own tokenizer has it for words that it does not know. */
  private static ObjectNode tokenizer() throws IOException {
    ObjectNode tokenizer =
        (ObjectNode)
            WireJson.MAPPER.readTree(
                """
                {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [
                  {"id": 0, "content": "<pad>", "single_word": false, "lstrip": false,
                   "rstrip": false, "normalized": false, "special": true},
                  {"id": 1, "content": "</s>", "single_word": false, "lstrip": false,
                   "rstrip": false, "normalized": false, "special": true}],
                 "normalizer": null,
                 "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                   {"type": "WhitespaceSplit"},
                   {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always",
                    "split": true}]},
                 "post_processor": {"type": "TemplateProcessing",
                  "single": [{"Sequence": {"id": "A", "type_id": 0}},
                             {"SpecialToken": {"id": "</s>", "type_id": 0}}],
                  "pair": [{"Sequence": {"id": "A", "type_id": 0}},
                           {"Sequence": {"id": "B", "type_id": 0}}],
                  "special_tokens": {"</s>": {"id": "</s>", "ids": [1], "tokens": ["</s>"]}}},
                 "decoder": null,
                 "model": {"type": "Unigram", "unk_id": 2, "byte_fallback": false}}
                """);
    ArrayNode vocabulary = ((ObjectNode) tokenizer.get("model")).putArray("vocab");
    for (String piece : List.of("<pad>", "</s>", "<unk>", "▁")) {
      vocabulary.addArray().add(piece).add(-1.0);
    }
    for (char letter = 'a'; letter <= 'z'; letter++) {
      vocabulary.addArray().add(String.valueOf(letter)).add(-2.0);
    }
    return tokenizer;
  }
}
