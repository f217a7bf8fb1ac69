package dev.cascadefarm.diffusion.weights;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.diffusion.json.ConfigFile;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The weights of one part of a pipeline as its folder keeps them: a safetensors file, or several
 * with an index that says which holds what. Names are those that transformers and diffusers give,
 * with or without a variant such as {@code fp16}.
 */
public final class ShardedSafeTensors {
  private static final String STEM = "(model|diffusion_pytorch_model)";
  private static final String VARIANT = "\\.[A-Za-z0-9_]+";
  private static final List<Pattern> WHOLE =
      List.of(
          Pattern.compile(STEM + "\\.safetensors"),
          Pattern.compile(STEM + VARIANT + "\\.safetensors"));
  private static final List<Pattern> INDEX =
      List.of(
          Pattern.compile(STEM + "\\.safetensors\\.index\\.json"),
          Pattern.compile(STEM + "\\.safetensors\\.index" + VARIANT + "\\.json"));
  private static final Pattern PICKLE =
      Pattern.compile(".*\\.(bin|pt|pth|ckpt)|.*\\.bin\\.index\\.json");
  private static final int MAX_INDEX_BYTES = 1 << 26;
  private static final String WEIGHT_MAP = "weight_map";

  private ShardedSafeTensors() {}

  /**
   * The tensors where they lie: the files are mapped, and must not shrink while they are in use.
   *
   * @throws WeightsException if a file is missing, damaged or outside of the folder
   */
  public static Map<String, TensorView> map(Path folder) {
    CheckpointFolder files = new CheckpointFolder(folder);
    List<String> names = files.names();
    for (int variant = 0; variant < WHOLE.size(); variant++) {
      Optional<String> whole = one(files, names, WHOLE.get(variant));
      if (whole.isPresent()) {
        return SafeTensors.map(files.file(whole.get()));
      }
      Optional<String> index = one(files, names, INDEX.get(variant));
      if (index.isPresent()) {
        return sharded(files, index.get());
      }
    }
    throw new WeightsException(absent(folder, names));
  }

  /**
   * Reads every tensor as float32.
   *
   * @throws WeightsException if a file is missing, damaged or outside of the folder
   */
  public static Map<String, HostTensor> read(Path folder) {
    return TensorView.readAll(map(folder));
  }

  private static Optional<String> one(CheckpointFolder files, List<String> names, Pattern pattern) {
    List<String> found = names.stream().filter(each -> pattern.matcher(each).matches()).toList();
    if (found.size() > 1) {
      throw new WeightsException(
          "%s: %s (expected: one of them)".formatted(files.path(), String.join(", ", found)));
    }
    return found.stream().findFirst();
  }

  private static String absent(Path folder, List<String> names) {
    String expected =
        "%s: no weights (expected: model.safetensors, diffusion_pytorch_model.safetensors, or one of these with .index.json)"
            .formatted(folder);
    List<String> pickles = names.stream().filter(each -> PICKLE.matcher(each).matches()).toList();
    if (pickles.isEmpty()) {
      return expected;
    }
    String pickle =
        pickles.stream().filter(each -> !each.endsWith(".json")).findFirst().orElse("FILE.bin");
    return String.join(
        System.lineSeparator(),
        expected.replace("no weights", String.join(", ", pickles) + ": a pickle can run code"),
        "Python with torch and safetensors converts it, in that folder:",
        "  import torch, safetensors.torch",
        "  state = torch.load(\"%s\", map_location=\"cpu\", weights_only=True)".formatted(pickle),
        "  state = {name: tensor.clone().contiguous() for name, tensor in state.items()}",
        "  safetensors.torch.save_file(state, \"%s.safetensors\", {\"format\": \"pt\"})"
            .formatted(pickle.startsWith("diffusion_") ? "diffusion_pytorch_model" : "model"));
  }

  private static Map<String, TensorView> sharded(CheckpointFolder files, String index) {
    Map<String, String> places = places(files, index);
    Map<String, Map<String, TensorView>> shards = new TreeMap<>();
    for (String shard : new TreeSet<>(places.values())) {
      shards.put(shard, SafeTensors.map(files.file(shard)));
    }
    Map<String, TensorView> all = new LinkedHashMap<>();
    places.forEach((name, shard) -> all.put(name, require(files, shard, name, shards.get(shard))));
    shards.forEach((shard, tensors) -> requireNoOthers(files, shard, tensors.keySet(), places));
    return all;
  }

  private static TensorView require(
      CheckpointFolder files,
      String shard,
      String name,
      @Nullable Map<String, TensorView> tensors) {
    TensorView view = tensors == null ? null : tensors.get(name);
    if (view == null) {
      throw new WeightsException(
          "%s: %s: missing (expected: there, as the index says)"
              .formatted(files.path().resolve(shard), name));
    }
    return view;
  }

  private static void requireNoOthers(
      CheckpointFolder files, String shard, Set<String> names, Map<String, String> places) {
    for (String name : names) {
      if (!shard.equals(places.get(name))) {
        throw new WeightsException(
            "%s: %s: not in the index (expected: named there with this file)"
                .formatted(files.path().resolve(shard), name));
      }
    }
  }

  /** Which file holds which tensor. */
  private static Map<String, String> places(CheckpointFolder files, String index) {
    String name = files.path().resolve(index).toString();
    ConfigFile file =
        ConfigFile.parse(files.bytes(index, MAX_INDEX_BYTES), name, WeightsException::new);
    JsonNode map = file.value(WEIGHT_MAP);
    if (map == null || !map.isObject() || map.isEmpty()) {
      throw new WeightsException(name + ": " + WEIGHT_MAP + " (expected: a file for each tensor)");
    }
    Map<String, String> places = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> each : map.properties()) {
      if (!each.getValue().isTextual() || !each.getValue().textValue().endsWith(".safetensors")) {
        throw new WeightsException(
            "%s: %s: %s (expected: the name of a .safetensors file)"
                .formatted(name, each.getKey(), each.getValue()));
      }
      places.put(each.getKey(), each.getValue().textValue());
    }
    return places;
  }
}
