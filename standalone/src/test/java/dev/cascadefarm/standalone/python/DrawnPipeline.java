package dev.cascadefarm.standalone.python;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import dev.cascadefarm.testing.python.PythonPeer;
import dev.cascadefarm.testing.python.PythonTier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A pipeline that Python drew at random and saved, and what a farm is to draw with it.
 *
 * @param family of pipelines, by Python's name
 * @param seed of the job
 * @param drawn what Python said of it
 * @param folder of the case
 */
record DrawnPipeline(String family, long seed, JsonNode drawn, Path folder) {
  private static final String NAME = "drawn";
  private static final List<String> PURPOSES = List.of("start", "aug", "latents");

  /**
   * Has a pipeline drawn.
   *
   * @param number of the case in this run
   * @param folder empty
   */
  static DrawnPipeline draw(PythonPeer python, String family, int number, Path folder)
      throws IOException {
    ObjectNode request = WireJson.object().put("run", "draw_pipeline").put("family", family);
    request.put("seed", PythonTier.SEED).put("number", number);
    request.put("folder", Files.createDirectory(folder.resolve("saved")).toString());
    return new DrawnPipeline(family, PythonTier.SEED + number, python.ask(request), folder);
  }

  /** The command that imports it. */
  String[] importing() {
    JsonNode folders = drawn.path("folders");
    List<String> command = new ArrayList<>(List.of("import", "diffusers"));
    command.addAll(List.of(folders.get(0).asText(), "--name", NAME));
    if (folders.size() > 1) {
      command.addAll(List.of("--super-resolution", folders.get(1).asText()));
    }
    return command.toArray(String[]::new);
  }

  /** The command that draws its picture. */
  String[] rendering() {
    List<String> command = new ArrayList<>(List.of("render", drawn.path("caption").asText()));
    boolean over = drawn.has("init_image");
    command.addAll(List.of("--cascade", over ? NAME + "-over" : NAME));
    command.addAll(List.of("--seed", Long.toString(seed)));
    command.addAll(List.of("--out", folder.resolve("renders").toString()));
    if (over) {
      command.addAll(List.of("--init-image", drawn.path("init_image").asText()));
    }
    if (drawn.path("negative").isTextual()) {
      command.addAll(List.of("--negative", drawn.path("negative").asText()));
    }
    settings().forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
    return command.toArray(String[]::new);
  }

  /** What the job says to its stages: {@code STAGE.KEY} and the value. */
  Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    drawn
        .path("set")
        .properties()
        .forEach(
            stage ->
                stage
                    .getValue()
                    .properties()
                    .forEach(
                        each ->
                            settings.put(
                                stage.getKey() + "." + each.getKey(), each.getValue().asText())));
    return settings;
  }

  /** The pictures that its stages leave, the last of them in {@code last}. */
  Map<String, Path> pictures(Path last) {
    Map<String, Path> pictures = new LinkedHashMap<>();
    JsonNode stages = drawn.path("stages");
    for (int i = 0; i < stages.size(); i++) {
      String stage = stages.get(i).asText();
      boolean end = i == stages.size() - 1;
      pictures.put(stage, end ? last : last.resolveSibling("image-0." + stage + ".png"));
    }
    return pictures;
  }

  /**
   * Has diffusers run it on the farm's noise.
   *
   * @param handed the pictures that the farm handed from stage to stage
   * @param doctored whether something is taken away or changed before
   * @return by the stage's name; what Python made of its own pictures of earlier stages is another
   *     entry, whose name ends with {@code alone}
   */
  Map<String, Path> python(PythonPeer python, Map<String, Path> handed, boolean doctored)
      throws IOException {
    Path out = Files.createDirectory(folder.resolve(doctored ? "doctored" : "diffusers"));
    ObjectNode request = WireJson.object().put("run", "run_pipeline").put("family", family);
    request.put("doctored", doctored).put("out", out.toString());
    request.set("case", drawn);
    ObjectNode given = request.putObject("handed");
    handed.forEach((stage, file) -> given.put(stage, file.toString()));
    Path noise = folder.resolve("noise.safetensors");
    SafeTensors.write(noise, noise(), ElementType.F32);
    request.put("noise", noise.toString());
    Map<String, Path> pictures = new LinkedHashMap<>();
    for (JsonNode name : python.ask(request).path("pictures")) {
      pictures.put(name.asText(), out.resolve(name.asText() + ".png"));
    }
    return pictures;
  }

  /** All that its stages may draw: a stage, a purpose, and for the steps a row for each. */
  private Map<String, HostTensor> noise() {
    Map<String, HostTensor> noise = new LinkedHashMap<>();
    drawn
        .path("noise")
        .properties()
        .forEach(
            each -> {
              String stage = each.getKey();
              int size = each.getValue().path("size").asInt();
              for (String purpose : PURPOSES) {
                float[] row = new CounterNoise(seed, stage, purpose).normals(0, size);
                noise.put(stage + "." + purpose, HostTensor.of(row, size));
              }
              int rows = each.getValue().path("rows").asInt();
              noise.put(stage + ".step", steps(new CounterNoise(seed, stage, "step"), rows, size));
            });
    return noise;
  }

  private static HostTensor steps(CounterNoise noise, int rows, int size) {
    float[] all = new float[rows * size];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(noise.normals(row, size), 0, all, row * size, size);
    }
    return HostTensor.of(all, rows, size);
  }

  /** What was drawn, for people. */
  @Override
  public String toString() {
    return "%s · \"%s\"%s · %s"
        .formatted(about(), drawn.path("caption").asText(), without(), told());
  }

  private String about() {
    return drawn.path("about").asText();
  }

  private String without() {
    JsonNode negative = drawn.path("negative");
    return negative.isTextual() ? " without \"" + negative.asText() + "\"" : "";
  }

  private String told() {
    return settings() + " · doctored: " + drawn.path("doctored");
  }
}
