package dev.cascadefarm.diffusion.diffusers;

import dev.cascadefarm.diffusion.stage.StoredTensor;
import dev.cascadefarm.diffusion.weights.WeightsException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names that a {@link SelfAttention} had in checkpoints until 2023. */
public final class AttentionNames {
  private static final Pattern OLD =
      Pattern.compile("(.*\\battentions\\.\\d+\\.)(query|key|value|proj_attn)\\.(weight|bias)");

  private static final Map<String, String> PRESENT =
      Map.of("query", "to_q", "key", "to_k", "value", "to_v", "proj_attn", "to_out.0");

  private AttentionNames() {}

  /**
   * Gives such tensors their present names, and those weights that are 1×1 convolutions the shape
   * of a linear layer. All others stay as they are.
   *
   * @throws WeightsException if a tensor is there under both names
   */
  public static Map<String, StoredTensor> present(Map<String, ? extends StoredTensor> checkpoint) {
    Map<String, StoredTensor> present = new LinkedHashMap<>();
    checkpoint.forEach(
        (name, tensor) -> {
          Matcher old = OLD.matcher(name);
          boolean renamed = old.matches();
          String now =
              renamed ? old.group(1) + PRESENT.get(old.group(2)) + "." + old.group(3) : name;
          if (present.put(now, renamed ? linear(tensor) : tensor) != null) {
            throw new WeightsException(
                now + ": twice, once as " + name + " (expected: one of both names)");
          }
        });
    return present;
  }

  private static StoredTensor linear(StoredTensor tensor) {
    long[] shape = tensor.shape();
    boolean convolution = shape.length == 4 && shape[2] == 1 && shape[3] == 1;
    return convolution ? tensor.reshaped(shape[0], shape[1]) : tensor;
  }
}
