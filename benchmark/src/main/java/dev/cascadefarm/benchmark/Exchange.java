package dev.cascadefarm.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A folder through which the two sides of a comparison hand each other models and tensors; it goes
 * when it is closed.
 */
record Exchange(Path folder) implements AutoCloseable {
  static Exchange open() throws IOException {
    return new Exchange(Files.createTempDirectory("benchmark-"));
  }

  /** Describes U-Nets for the Python side. */
  Path describe(List<StageUnet> unets) throws IOException {
    List<JsonNode> descriptions = unets.stream().map(StageUnet::description).toList();
    return Files.writeString(folder.resolve("unets.json"), WireJson.write(descriptions));
  }

  Path put(String name, Map<String, HostTensor> tensors) {
    Path file = folder.resolve(name + ".safetensors");
    SafeTensors.write(file, tensors, ElementType.F32);
    return file;
  }

  Map<String, HostTensor> take(String name) {
    return SafeTensors.read(folder.resolve(name + ".safetensors"));
  }

  @Override
  public void close() throws IOException {
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(folder)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    paths.stream().map(Path::toFile).forEach(File::delete);
  }
}
