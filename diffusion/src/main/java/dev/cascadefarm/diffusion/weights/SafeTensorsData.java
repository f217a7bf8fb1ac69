package dev.cascadefarm.diffusion.weights;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.StreamSupport;

/** The tensors of one safetensors file while its header is read, entry by entry. */
final class SafeTensorsData {
  private final MappedBytes file;
  private final long start;
  private final Set<ElementType> types;
  private final Map<String, TensorView> tensors = new LinkedHashMap<>();
  private final SortedMap<Long, Long> spans = new TreeMap<>();

  /**
   * A file without tensors yet.
   *
   * @param start where the data begin, in bytes
   */
  SafeTensorsData(MappedBytes file, long start, Set<ElementType> types) {
    this.file = file;
    this.start = start;
    this.types = types;
  }

  /**
   * Adds what one entry of the header describes.
   *
   * @throws WeightsException naming the tensor and the field that is wrong
   */
  void add(String name, JsonNode entry) {
    String path = file.name() + ": " + name;
    ElementType type = type(entry.path("dtype"), path);
    long[] shape = longs(entry.path("shape"), path + ".shape");
    long[] offsets = longs(entry.path("data_offsets"), path + ".data_offsets");
    long bytes = bytes(shape, type, path);
    if (offsets.length != 2
        || offsets[0] > offsets[1]
        || offsets[1] > size()
        || offsets[1] - offsets[0] != bytes) {
      throw new WeightsException(
          "%s: data_offsets %s (expected: %d bytes within %d)"
              .formatted(path, entry.path("data_offsets"), bytes, size()));
    }
    if (bytes > 0 && spans.put(offsets[0], offsets[1]) != null) {
      throw new WeightsException(
          path + ": data_offsets " + entry.path("data_offsets") + " (expected: used once)");
    }
    tensors.put(name, TensorView.of(type, shape, file.slice(start + offsets[0], bytes)));
  }

  private static long bytes(long[] shape, ElementType type, String path) {
    try {
      return TensorView.count(shape) * type.bytes();
    } catch (WeightsException e) {
      throw new WeightsException(path + ": " + e.getMessage(), e);
    }
  }

  private long size() {
    return file.size() - start;
  }

  /**
   * All tensors, in the header's order.
   *
   * @throws WeightsException if they do not cover the data without gap or overlap
   */
  Map<String, TensorView> whole() {
    long end = 0;
    for (Map.Entry<Long, Long> span : spans.entrySet()) {
      requireEnd(end, span.getKey());
      end = span.getValue();
    }
    requireEnd(end, size());
    return tensors;
  }

  private void requireEnd(long end, long next) {
    if (end != next) {
      throw new WeightsException(
          "%s: data ends at byte %d (expected: %d, without gap or overlap)"
              .formatted(file.name(), end, next));
    }
  }

  private ElementType type(JsonNode dtype, String path) {
    for (ElementType each : types) {
      if (dtype.isTextual() && each.name().equals(dtype.textValue())) {
        return each;
      }
    }
    throw new WeightsException(path + ": dtype " + dtype + " (expected: one of " + types + ")");
  }

  private static long[] longs(JsonNode node, String path) {
    if (!node.isArray()
        || !StreamSupport.stream(node.spliterator(), false)
            .allMatch(
                each -> each.isIntegralNumber() && each.canConvertToLong() && each.asLong() >= 0)) {
      throw new WeightsException(path + ": " + node + " (expected: a list of whole numbers >= 0)");
    }
    return StreamSupport.stream(node.spliterator(), false).mapToLong(JsonNode::asLong).toArray();
  }
}
