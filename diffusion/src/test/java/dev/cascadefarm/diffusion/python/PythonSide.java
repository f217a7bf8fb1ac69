package dev.cascadefarm.diffusion.python;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.graph.Archive;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import dev.cascadefarm.testing.python.PythonPeer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the tests ask of Python; one process for all of them. Not thread-safe. */
final class PythonSide implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();

  private final PythonPeer peer;

  private PythonSide(PythonPeer peer) {
    this.peer = peer;
  }

  static PythonSide start() throws IOException {
    return new PythonSide(PythonPeer.start());
  }

  /** Emits a model's archive, opens it with {@code torch.jit.load} and calls it. */
  List<HostTensor> call(Graph graph, Map<String, HostTensor> weights, Call call)
      throws IOException {
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    Archive.write(graph, weights, archive);
    return call(archive.toByteArray(), call);
  }

  /** Opens an archive with {@code torch.jit.load} and calls it. */
  List<HostTensor> call(byte[] archive, Call call) throws IOException {
    ObjectNode request = JSON.createObjectNode().put("run", "archive");
    request.put("archive", Files.write(file("model.pt"), archive).toString());
    request.put("method", call.method());
    ArrayNode order = request.putArray("order");
    call.inputs().keySet().forEach(order::add);
    putLongs(request, call);
    return ask(request, call.tensors());
  }

  private static void putLongs(ObjectNode request, Call call) {
    ArrayNode longs = request.putArray("int64");
    call.inputs()
        .forEach(
            (name, input) -> {
              if (input instanceof Input.Longs) {
                longs.add(name);
              }
            });
  }

  /**
   * Runs a model of transformers.
   *
   * @param config as transformers writes it; its architecture says which model
   * @param call inputs by the names that transformers gives them
   */
  List<HostTensor> transformers(ObjectNode config, Map<String, HostTensor> weights, Call call)
      throws IOException {
    ObjectNode request = JSON.createObjectNode().put("run", "transformers");
    request.set("config", config);
    request.put("weights", write("weights.safetensors", weights));
    putLongs(request, call);
    return ask(request, call.tensors());
  }

  /**
   * Runs MinImagen's U-Net.
   *
   * @param config in the words of our configuration
   */
  HostTensor minImagen(
      ObjectNode config, Map<String, HostTensor> weights, Map<String, HostTensor> inputs)
      throws IOException {
    ObjectNode request = JSON.createObjectNode().put("run", "minimagen");
    request.set("config", config);
    request.put("weights", write("weights.safetensors", weights));
    return ask(request, inputs).get(0);
  }

  /**
   * Has MinImagen load a training directory.
   *
   * @param seed of the weights of the directory that MinImagen writes there first; absent if it is
   *     there
   * @return the U-Nets' weights in their order
   */
  List<Map<String, HostTensor>> minImagenDirectory(Path folder, @Nullable Long seed)
      throws IOException {
    Path outputs = Files.createTempDirectory(peer.folder(), "unets");
    ObjectNode request = JSON.createObjectNode().put("run", "minimagen_directory");
    request.put("folder", folder.toString()).put("outputs", outputs.toString());
    if (seed != null) {
      request.put("seed", seed);
    }
    peer.ask(request);
    try (Stream<Path> unets = Files.list(outputs)) {
      return unets.sorted().map(SafeTensors::read).toList();
    }
  }

  /**
   * Runs a network of diffusers: a U-Net's prediction, or an autoencoder's moments and pictures.
   *
   * @param config as diffusers has it, with the name of the class
   */
  List<HostTensor> diffusers(
      ObjectNode config, Map<String, HostTensor> weights, Map<String, HostTensor> inputs)
      throws IOException {
    ObjectNode request = JSON.createObjectNode().put("run", "diffusers");
    request.set("config", config);
    request.put("weights", write("weights.safetensors", weights));
    return ask(request, inputs);
  }

  private List<HostTensor> ask(ObjectNode request, Map<String, HostTensor> inputs)
      throws IOException {
    Path outputs = file("outputs.safetensors");
    Files.deleteIfExists(outputs);
    request.put("inputs", write("inputs.safetensors", inputs));
    request.put("outputs", outputs.toString());
    peer.ask(request);
    return List.copyOf(
        new TreeMap<>(SafeTensors.parse(Files.readAllBytes(outputs), "outputs")).values());
  }

  private String write(String name, Map<String, HostTensor> tensors) {
    Path file = file(name);
    SafeTensors.write(file, tensors, ElementType.F32);
    return file.toString();
  }

  private Path file(String name) {
    return peer.folder().resolve(name);
  }

  @Override
  public void close() {
    peer.close();
  }
}
