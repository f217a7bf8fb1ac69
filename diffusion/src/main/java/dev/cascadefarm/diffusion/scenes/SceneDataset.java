package dev.cascadefarm.diffusion.scenes;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Captioned pictures in a folder: {@code images/000000.png} and so on, {@code captions.jsonl} with
 * a file and its caption a line, and {@code manifest.json}, which is written last and so marks a
 * whole data set. The same arguments always write the same pixels and captions.
 *
 * @param wording of the captions
 * @param side 16, 32, 64 or 256
 */
public record SceneDataset(SceneSampler sampler, Wording wording, int side, int count) {
  /** Version of the folder's form. */
  public static final int FORMAT = 1;

  /** Most pictures that the file names have digits for. */
  public static final int MAX_COUNT = 1_000_000;

  private static final ObjectMapper JSON = new ObjectMapper();

  public SceneDataset {
    if (count < 1 || count > MAX_COUNT) {
      throw new IllegalArgumentException("count: " + count + " (expected: 1.." + MAX_COUNT + ")");
    }
    SceneRenderer.requireSide(side);
  }

  /**
   * Writes the data set.
   *
   * @throws IOException if the folder already holds one, or cannot be written
   */
  public void write(Path folder) throws IOException {
    Path manifest = folder.resolve("manifest.json");
    if (Files.exists(manifest)) {
      throw new IOException(manifest + ": exists (expected: a folder without a data set)");
    }
    Files.createDirectories(folder.resolve("images"));
    try (BufferedWriter captions = Files.newBufferedWriter(folder.resolve("captions.jsonl"))) {
      for (int i = 0; i < count; i++) {
        String file = String.format(Locale.ROOT, "images/%06d.png", i);
        Scene scene = sampler.scene(i);
        writePicture(folder.resolve(file), scene);
        captions.write(caption(file, wording.caption(scene, sampler.seed(), i)));
        captions.write('\n');
      }
    }
    Files.write(
        manifest, JSON.writer(SerializationFeature.INDENT_OUTPUT).writeValueAsBytes(manifest()));
  }

  private void writePicture(Path file, Scene scene) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      ScenePicture.of(scene, side).writePng(out);
    }
  }

  private static String caption(String file, String caption) throws IOException {
    ObjectNode line = JSON.createObjectNode();
    line.put("file", file);
    line.put("caption", caption);
    return JSON.writeValueAsString(line);
  }

  private ObjectNode manifest() {
    ObjectNode manifest = JSON.createObjectNode();
    manifest.put("format", FORMAT);
    manifest.put("count", count);
    manifest.put("side", side);
    manifest.put("captions", "captions.jsonl");
    ObjectNode source = manifest.putObject("scenes");
    source.put("seed", sampler.seed());
    source.put("split", sampler.split().name().toLowerCase(Locale.ROOT));
    source.put("two_object_share", sampler.twoObjectShare());
    source.put("textures", sampler.textures().name().toLowerCase(Locale.ROOT));
    source.put("wording", wording.name().toLowerCase(Locale.ROOT));
    return manifest;
  }
}
