package dev.cascadefarm.common.cascade;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.schema.Fault;
import dev.cascadefarm.common.schema.SchemaCheck;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Reads a catalogue's files, each against its schema. */
final class CatalogueReader {
  private static final ObjectMapper YAML =
      YAMLMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Path folder;
  private final SchemaCheck bundleSchema = schema("stage.schema.json");
  private final SchemaCheck cascadeSchema = schema("cascade.schema.json");

  CatalogueReader(Path folder) {
    this.folder = folder;
  }

  List<InstalledBundle> bundles() {
    List<InstalledBundle> bundles = new ArrayList<>();
    for (Path name : children(required(folder.resolve("bundles")))) {
      for (Path version : children(name)) {
        bundles.add(bundle(version));
      }
    }
    return bundles;
  }

  List<Cascade> cascades() {
    return children(required(folder.resolve("cascades"))).stream()
        .filter(file -> file.getFileName().toString().endsWith(".yaml"))
        .map(this::cascade)
        .toList();
  }

  private InstalledBundle bundle(Path bundleFolder) {
    Path file = bundleFolder.resolve(StageBundle.FILE);
    ObjectNode document = document(file, WireJson.MAPPER, bundleSchema);
    for (String absent : List.of("diffusion", "provenance")) {
      if (!document.has(absent)) {
        document.set(absent, WireJson.object());
      }
    }
    StageBundle bundle = convert(file, document, StageBundle.class);
    String place = bundleFolder.getParent().getFileName() + "@" + bundleFolder.getFileName();
    if (!bundle.id().toString().equals(place)) {
      throw new InvalidCatalogueException(
          file + ": id: " + bundle.id() + " (expected: " + place + ", as its folder says)");
    }
    return new InstalledBundle(bundle, InstalledBundle.sha256(file), bundleFolder);
  }

  private Cascade cascade(Path file) {
    Cascade cascade = convert(file, document(file, YAML, cascadeSchema), Cascade.class);
    if (!file.getFileName().toString().equals(cascade.name() + ".yaml")) {
      throw new InvalidCatalogueException(
          file + ": name: " + cascade.name() + " (expected: the file's own name)");
    }
    return cascade;
  }

  private static ObjectNode document(Path file, ObjectMapper mapper, SchemaCheck schema) {
    JsonNode document;
    try {
      document = mapper.readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      throw new InvalidCatalogueException(file + ": " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new InvalidCatalogueException(file + ": cannot be read: " + e, e);
    }
    List<Fault> faults = schema.faults(document);
    if (!faults.isEmpty()) {
      throw new InvalidCatalogueException(file + ": " + Fault.describe(faults));
    }
    return (ObjectNode) document;
  }

  private static <T> T convert(Path file, JsonNode document, Class<T> type) {
    try {
      return WireJson.MAPPER.treeToValue(document, type);
    } catch (JsonProcessingException e) {
      String fault = e.getCause() == null ? e.getOriginalMessage() : e.getCause().getMessage();
      throw new InvalidCatalogueException(file + ": " + fault, e);
    }
  }

  private static Path required(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new InvalidCatalogueException(directory + ": missing (expected: a folder)");
    }
    return directory;
  }

  private static List<Path> children(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.filter(entry -> !isHidden(entry)).sorted().toList();
    } catch (IOException e) {
      throw new InvalidCatalogueException(directory + ": cannot be read: " + e, e);
    }
  }

  private static boolean isHidden(Path entry) {
    return entry.getFileName().toString().startsWith(".");
  }

  private static SchemaCheck schema(String resource) {
    try (InputStream in = CatalogueReader.class.getResourceAsStream(resource)) {
      return SchemaCheck.of(WireJson.MAPPER.readTree(Objects.requireNonNull(in, resource)));
    } catch (IOException e) {
      throw new IllegalStateException(resource, e);
    }
  }
}
