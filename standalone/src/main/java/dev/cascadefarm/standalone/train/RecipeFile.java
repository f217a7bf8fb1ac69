package dev.cascadefarm.standalone.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.cascadefarm.diffusion.recipe.Recipe;
import dev.cascadefarm.diffusion.recipe.RecipeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A recipe as a YAML file.
 *
 * @param tree as it was written
 */
public record RecipeFile(Recipe recipe, JsonNode tree) {
  private static final long MAX_BYTES = 1 << 20;
  private static final ObjectMapper YAML =
      YAMLMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /**
   * Reads a file; paths in it are relative to its folder.
   *
   * @throws RecipeException naming the file and the key that cannot be used
   */
  public static RecipeFile read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new RecipeException(file + ": missing (expected: a YAML file)");
    }
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new RecipeException(
            "%s: %d bytes (expected: at most %d)".formatted(file, Files.size(file), MAX_BYTES));
      }
      JsonNode tree = YAML.readTree(Files.readString(file));
      Path base = file.toAbsolutePath().getParent();
      return new RecipeFile(Recipe.read(file.toString(), tree, base), tree);
    } catch (JsonProcessingException e) {
      throw new RecipeException(file + ": " + oneLine(e) + " (expected: YAML)", e);
    } catch (IOException e) {
      throw new RecipeException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static String oneLine(JsonProcessingException e) {
    return e.getOriginalMessage().strip().replaceAll("\\s+", " ");
  }
}
