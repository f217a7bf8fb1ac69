package dev.cascadefarm.common.cascade;

import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes descriptions of cascades into a catalogue's folder. */
public final class CascadeWriter {
  private static final ObjectWriter YAML =
      YAMLMapper.builder()
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .build()
          .writer()
          .with(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

  private CascadeWriter() {}

  /** The file of a cascade inside a catalogue. */
  public static Path file(Path catalogue, String name) {
    return catalogue.resolve("cascades").resolve(name + ".yaml");
  }

  /** Writes, or replaces, a cascade's description; if that fails, the one before stays. */
  public static void write(Path catalogue, Cascade cascade) {
    Path file = file(catalogue, cascade.name());
    try {
      Files.createDirectories(file.getParent());
      WholeFile.write(file, YAML.writeValueAsBytes(cascade));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
