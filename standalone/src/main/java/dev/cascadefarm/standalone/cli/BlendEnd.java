package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.coordinator.upload.Aspect;
import dev.cascadefarm.standalone.cli.InitImageOptions.Picture;
import dev.cascadefarm.standalone.client.FarmClient;
import dev.cascadefarm.standalone.config.FarmConfig;
import dev.cascadefarm.standalone.render.Blend.Medium;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a blend starts or ends. An argument is a picture if there is a file of that name or its
 * name ends like a picture's; any other is a caption.
 *
 * @param name for people: the caption, or the file's own name
 * @param picture absent for a caption
 */
record BlendEnd(String name, Optional<Picture> picture) {
  /**
   * Reads an argument.
   *
   * @param argument for messages
   * @throws UsageException if it is a picture that cannot be used; the farm looks closer
   */
  static BlendEnd read(String argument, String text, Aspect aspect, FarmConfig config) {
    Optional<Path> file = file(text);
    if (file.isEmpty()) {
      return new BlendEnd(Captions.require(argument, text), Optional.empty());
    }
    Picture picture = new InitImageOptions.Source(argument, file.get(), aspect).read(config);
    return new BlendEnd(String.valueOf(file.get().getFileName()), Optional.of(picture));
  }

  private static Optional<Path> file(String text) {
    try {
      Path path = Path.of(text);
      String name = text.toLowerCase(Locale.ROOT);
      boolean named = Stream.of(".png", ".jpg", ".jpeg").anyMatch(name::endsWith);
      return named || (!text.isBlank() && Files.exists(path))
          ? Optional.of(path)
          : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  Medium medium() {
    return picture.isPresent() ? Medium.PICTURE : Medium.CAPTION;
  }

  /** What a request says: the caption, or the id of the picture, which is brought to the farm. */
  String given(FarmClient client) {
    return picture.map(each -> each.upload(client)).orElse(name);
  }
}
