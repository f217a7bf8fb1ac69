package dev.cascadefarm.diffusion.t5;

import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.diffusion.weights.Initialization;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A folder with random weights as wide as t5_small's and small in all else. */
public final class TinyT5 {
  static final String CONFIG =
      """
      {"model_type": "t5", "architectures": ["T5ForConditionalGeneration"], "vocab_size": 199,
       "d_model": 512, "d_kv": 3, "d_ff": 5, "num_layers": 2, "num_heads": 2, "eos_token_id": 1,
       "feed_forward_proj": "gated-gelu", "dropout_rate": 0.1, "task_specific_params": {"a": 1}}
      """;

  private TinyT5() {}

  /** Writes the files as the hub has them: with a decoder, which nobody wants. */
  public static T5Folder write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(T5Folder.CONFIG), CONFIG);
    Files.write(folder.resolve(T5Folder.TOKENIZER), Fixture.bytes("t5-tokenizer.json"));
    T5Config config = T5ConfigFile.parse(CONFIG.getBytes(StandardCharsets.UTF_8), "tiny");
    Map<String, HostTensor> weights =
        new LinkedHashMap<>(
            Initialization.random(new T5Encoder(new T5TextConfig(config, 8)).graph(), 1));
    HostTensor shared = weights.get("shared.weight");
    weights.put("encoder.embed_tokens.weight", shared);
    weights.put("decoder.embed_tokens.weight", shared);
    weights.put("decoder.final_layer_norm.weight", HostTensor.of(new float[512], 512));
    weights.put("lm_head.weight", shared);
    SafeTensors.write(folder.resolve(T5Folder.WEIGHTS), weights, ElementType.F32);
    return T5Folder.open(folder, T5Name.T5_SMALL);
  }
}
