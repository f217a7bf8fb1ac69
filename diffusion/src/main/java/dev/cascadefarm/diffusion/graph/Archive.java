package dev.cascadefarm.diffusion.graph;

import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.StoredTensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Packs a {@link Graph} and its weights into a TorchScript archive, readable by libtorch and by
 * {@code torch.jit.load}.
 */
public final class Archive {
  /** Operator set without upgraders: what is written is what runs. */
  private static final String OPERATOR_VERSION = "10\n";

  private Archive() {}

  /**
   * Writes the archive, one tensor in memory at a time; the stream stays open.
   *
   * @param weights a tensor for every parameter and buffer of the graph, by path
   * @throws GraphException if one is missing or has another shape
   */
  public static void write(
      Graph graph, Map<String, ? extends StoredTensor> weights, OutputStream out)
      throws IOException {
    ZipOutputStream zip = new ZipOutputStream(out);
    zip.setLevel(0);
    entry(zip, "data.pkl", pickle(graph));
    entry(zip, "code/__torch__.py", graph.code().getBytes(StandardCharsets.UTF_8));
    int index = 0;
    for (Parameter each : graph.parameters()) {
      entry(zip, "data/" + index++, littleEndian(weight(each, weights)));
    }
    entry(zip, "constants.pkl", new Pickle().emptyTuple().stop());
    entry(zip, "version", OPERATOR_VERSION.getBytes(StandardCharsets.US_ASCII));
    zip.finish();
  }

  private static void entry(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
    ZipEntry entry = new ZipEntry("model/" + name);
    entry.setTime(0);
    zip.putNextEntry(entry);
    zip.write(bytes);
    zip.closeEntry();
  }

  private static byte[] pickle(Graph graph) {
    Pickle pickle = new Pickle().global("__torch__", graph.name()).emptyTuple().newObject();
    pickle.emptyDict().mark();
    int index = 0;
    for (Parameter each : graph.parameters()) {
      pickle.text(each.path()).tensor(index++, each.shape(), each.trainable());
    }
    return pickle.setItems().build().stop();
  }

  private static HostTensor weight(
      Parameter parameter, Map<String, ? extends StoredTensor> weights) {
    if (parameter.constant() != null) {
      return new HostTensor(parameter.shape(), parameter.constant());
    }
    StoredTensor weight = weights.get(parameter.path());
    if (weight == null || !parameter.sameShape(weight.shape())) {
      throw new GraphException(
          "%s: %s (expected: shape %s)"
              .formatted(
                  parameter.path(),
                  weight == null ? "missing" : "shape " + Arrays.toString(weight.shape()),
                  Arrays.toString(parameter.shape())));
    }
    return weight.read();
  }

  private static byte[] littleEndian(HostTensor tensor) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * tensor.data().length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(tensor.data());
    return bytes.array();
  }
}
