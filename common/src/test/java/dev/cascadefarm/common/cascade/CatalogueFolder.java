package dev.cascadefarm.common.cascade;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.json.WireJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Consumer;

/** A small, sound catalogue on disk, for tests to spoil. */
public final class CatalogueFolder {
  static final String CASCADE =
      """
      name: tiny
      version: 1
      description: two stages
      stages:
        - name: text
          bundle: text@1
          inputs: {prompt: request.prompt, negative_prompt: request.negative_prompt}
        - name: base
          bundle: base@2
          inputs: {embedding: text.embedding}
      """;

  private static final String TEXT =
      """
      {"id": "text@1", "kind": "scene-text", "per": "JOB",
       "inputs": {"prompt": {"media": "text"},
                  "negative_prompt": {"media": "text", "optional": true}},
       "outputs": {"embedding": {"media": "tensors", "dtype": "F32", "shape": ["1", "N", "E"]}},
       "image_size": 0, "samples_per_call": 1, "parameters": {"properties": {}}, "model": {},
       "precision": "float32", "files": {}, "licence": "Apache-2.0"}
      """;

  private static final String BASE =
      """
      {"id": "base@2", "kind": "diffusion", "per": "IMAGE",
       "inputs": {"embedding": {"media": "tensors", "dtype": "F32", "shape": ["1", "N", "E"]}},
       "outputs": {"image": {"media": "image"}},
       "image_size": 16, "samples_per_call": 1,
       "parameters": {"properties": {
         "steps": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 20},
         "guidance": {"type": "number", "minimum": 0, "maximum": 30, "default": 4}}},
       "model": {}, "diffusion": {"timesteps": 1000}, "precision": "float32",
       "files": {"model.safetensors": "@HASH@"}, "licence": "Apache-2.0"}
      """;

  private static final String WEIGHTS = "not really weights";

  public final Path folder;

  public CatalogueFolder(Path folder) {
    this.folder = folder;
    write("bundles/text/1/stage.json", TEXT);
    write("bundles/base/2/model.safetensors", WEIGHTS);
    write("bundles/base/2/stage.json", BASE.replace("@HASH@", sha256(WEIGHTS)));
    write("cascades/tiny.yaml", CASCADE);
  }

  public Path path(String name) {
    return folder.resolve(name);
  }

  public void write(String name, String text) {
    try {
      Files.createDirectories(path(name).getParent());
      Files.writeString(path(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void editBase(Consumer<ObjectNode> change) {
    edit("base/2", change);
  }

  void edit(String bundle, Consumer<ObjectNode> change) {
    String name = "bundles/" + bundle + "/stage.json";
    try {
      Path file = path(name);
      ObjectNode document = (ObjectNode) WireJson.MAPPER.readTree(Files.readString(file));
      change.accept(document);
      write(name, document.toString());
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void editCascade(String part, String other) {
    write("cascades/tiny.yaml", CASCADE.replace(part, other));
  }

  static String sha256(String text) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
