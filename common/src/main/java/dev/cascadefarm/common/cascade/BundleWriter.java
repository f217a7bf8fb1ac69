package dev.cascadefarm.common.cascade;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.cascadefarm.common.json.WireJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Installs bundles in a catalogue's folder: the description is written last, so a bundle is there
 * whole or not at all, and equal bundles have equal bytes.
 */
public final class BundleWriter {
  private static final ObjectWriter JSON =
      WireJson.MAPPER
          .writer()
          .with(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .with(SerializationFeature.INDENT_OUTPUT);

  private BundleWriter() {}

  /** The folder of a bundle inside a catalogue. */
  public static Path folder(Path catalogue, BundleId id) {
    return catalogue.resolve("bundles").resolve(id.name()).resolve(Integer.toString(id.version()));
  }

  /**
   * Describes the files that already lie in the bundle's folder. Of a large one, its writer may
   * have noted the hash.
   *
   * @param draft everything but the hashes
   */
  public static StageBundle seal(Path folder, StageBundle draft) {
    StageBundle sealed =
        new StageBundle(
            draft.id(),
            draft.kind(),
            draft.per(),
            draft.inputs(),
            draft.outputs(),
            draft.imageSize(),
            draft.samplesPerCall(),
            draft.parameters(),
            draft.model(),
            draft.diffusion(),
            draft.precision(),
            hashes(folder),
            draft.licence(),
            draft.provenance());
    try {
      byte[] description =
          (JSON.writeValueAsString(sealed) + "\n").getBytes(StandardCharsets.UTF_8);
      WholeFile.write(folder.resolve(StageBundle.FILE), description);
      removeNotes(folder);
      return sealed;
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(draft.id() + ": not serialisable", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> hashes(Path folder) {
    Path unfinished = WholeFile.beside(folder.resolve(StageBundle.FILE));
    try (Stream<Path> files = Files.list(folder)) {
      Map<String, String> hashes = new TreeMap<>();
      files
          .filter(each -> !each.endsWith(StageBundle.FILE) && !each.equals(unfinished))
          .filter(each -> !HashNote.isNote(each))
          .forEach(each -> hashes.put(each.getFileName().toString(), new HashNote(each).sha256()));
      return hashes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void removeNotes(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path each : files.filter(HashNote::isNote).toList()) {
        Files.delete(each);
      }
    }
  }
}
