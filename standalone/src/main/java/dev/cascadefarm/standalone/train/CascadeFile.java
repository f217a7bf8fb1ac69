package dev.cascadefarm.standalone.train;

import dev.cascadefarm.diffusion.train.SceneRecipe;
import dev.cascadefarm.diffusion.train.SceneRecipes;
import dev.cascadefarm.diffusion.weights.AtomicFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The description of a scene cascade in a catalogue, written once all its bundles are there. */
final class CascadeFile {
  private static final String FORM =
      """
      name: %1$s
      version: 1
      description: %2$s
      stages:
        - name: text
          bundle: %1$s-text@1
          inputs:
            prompt: request.prompt
            negative_prompt: request.negative_prompt
        - name: base
          bundle: %1$s-base@1
          inputs:
            embeds: text.embeds
        - name: sr64
          bundle: %1$s-sr64@1
          inputs:
            embeds: text.embeds
            image: base.image
      """;

  private CascadeFile() {}

  static void write(Path catalogue, String cascade) {
    for (SceneRecipe each : SceneRecipes.of(cascade)) {
      if (!Files.isDirectory(new SceneBundles(catalogue).folder(each))) {
        return;
      }
    }
    String description =
        cascade.equals("tiny")
            ? "Noise in the right shapes, in milliseconds"
            : "Coloured shapes from captions, 16 to 64 pixels";
    AtomicFiles.write(
        catalogue.resolve("cascades").resolve(cascade + ".yaml"),
        FORM.formatted(cascade, description).getBytes(StandardCharsets.UTF_8));
  }
}
