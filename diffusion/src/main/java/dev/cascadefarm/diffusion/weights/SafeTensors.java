package dev.cascadefarm.diffusion.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.StreamSupport;

/**
 * The safetensors format: eight bytes of header length, a JSON header, raw little-endian tensors.
 * Every field of the header is checked before it is believed.
 */
public final class SafeTensors {
  private static final int MAX_HEADER_BYTES = 100_000_000;
  private static final String METADATA = "__metadata__";
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private SafeTensors() {}

  /**
   * Reads every tensor of a file as float32; the file is mapped, not copied.
   *
   * @throws WeightsException if the file is missing or damaged
   */
  public static Map<String, HostTensor> read(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      if (channel.size() > Integer.MAX_VALUE) {
        throw new WeightsException(
            file + ": " + channel.size() + " bytes (expected: at most " + Integer.MAX_VALUE + ")");
      }
      return parse(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()), file.toString());
    } catch (IOException e) {
      throw new WeightsException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** Reads every tensor of a file's content as float32. */
  public static Map<String, HostTensor> parse(byte[] content, String name) {
    return parse(ByteBuffer.wrap(content), name);
  }

  private static Map<String, HostTensor> parse(ByteBuffer file, String name) {
    file.order(ByteOrder.LITTLE_ENDIAN);
    if (file.limit() < 8) {
      throw new WeightsException(name + ": " + file.limit() + " bytes (expected: at least 8)");
    }
    long length = file.getLong(0);
    if (length < 2 || length > MAX_HEADER_BYTES || length > file.limit() - 8) {
      throw new WeightsException(
          name + ": header of " + length + " bytes (expected: 2 to " + (file.limit() - 8) + ")");
    }
    byte[] header = new byte[(int) length];
    file.get(8, header);
    ByteBuffer data = file.slice(8 + (int) length, file.limit() - 8 - (int) length);
    data.order(ByteOrder.LITTLE_ENDIAN);
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    SortedMap<Long, Long> spans = new TreeMap<>();
    for (Map.Entry<String, JsonNode> each : header(header, name).properties()) {
      if (!each.getKey().equals(METADATA)) {
        String path = name + ": " + each.getKey();
        tensors.put(each.getKey(), tensor(each.getValue(), data, spans, path));
      }
    }
    requireWhole(spans, data.limit(), name);
    return tensors;
  }

  /** The tensors' bytes must cover the data without gap or overlap. */
  private static void requireWhole(SortedMap<Long, Long> spans, int size, String name) {
    long end = 0;
    for (Map.Entry<Long, Long> span : spans.entrySet()) {
      requireEnd(end, span.getKey(), name);
      end = span.getValue();
    }
    requireEnd(end, size, name);
  }

  private static void requireEnd(long end, long next, String name) {
    if (end != next) {
      throw new WeightsException(
          "%s: data ends at byte %d (expected: %d, without gap or overlap)"
              .formatted(name, end, next));
    }
  }

  private static ObjectNode header(byte[] header, String name) {
    try {
      if (JSON.readTree(new String(header, StandardCharsets.UTF_8)) instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException e) {
      throw new WeightsException(
          name + ": header: " + e.getOriginalMessage() + " (expected: JSON)", e);
    }
    throw new WeightsException(name + ": header (expected: a JSON object)");
  }

  private static HostTensor tensor(
      JsonNode entry, ByteBuffer data, Map<Long, Long> spans, String path) {
    ElementType type = type(entry.path("dtype").asText(), path);
    long[] shape = longs(entry.path("shape"), path + ".shape");
    long[] offsets = longs(entry.path("data_offsets"), path + ".data_offsets");
    long count = count(shape, path);
    if (offsets.length != 2
        || offsets[0] > offsets[1]
        || offsets[1] > data.limit()
        || offsets[1] - offsets[0] != count * type.bytes()) {
      throw new WeightsException(
          "%s: data_offsets %s (expected: %d bytes within %d)"
              .formatted(path, entry.path("data_offsets"), count * type.bytes(), data.limit()));
    }
    if (count > 0 && spans.put(offsets[0], offsets[1]) != null) {
      throw new WeightsException(
          path + ": data_offsets " + entry.path("data_offsets") + " (expected: used once)");
    }
    float[] values = new float[(int) count];
    int start = (int) offsets[0];
    for (int i = 0; i < values.length; i++) {
      values[i] = type.read(data, start + i * type.bytes());
    }
    return new HostTensor(shape, values);
  }

  private static ElementType type(String dtype, String path) {
    for (ElementType each : ElementType.values()) {
      if (each.name().equals(dtype)) {
        return each;
      }
    }
    throw new WeightsException(path + ": dtype " + dtype + " (expected: F32, F16, BF16 or I64)");
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

  private static long count(long[] shape, String path) {
    long count = 1;
    for (long each : shape) {
      if (each != 0 && count > Integer.MAX_VALUE / 8 / each) {
        throw new WeightsException(path + ": too many elements (expected: fewer than 2^28)");
      }
      count *= each;
    }
    return count;
  }

  /** The content of a file that holds these tensors, sorted by name, as F32 or F16. */
  public static byte[] format(Map<String, HostTensor> tensors, ElementType type) {
    TreeMap<String, HostTensor> sorted = new TreeMap<>(tensors);
    ObjectNode header = JSON.createObjectNode();
    int end = 0;
    for (Map.Entry<String, HostTensor> each : sorted.entrySet()) {
      int start = end;
      end = Math.addExact(start, Math.multiplyExact(each.getValue().data().length, type.bytes()));
      ObjectNode entry = header.putObject(each.getKey()).put("dtype", type.name());
      entry.set("shape", JSON.valueToTree(each.getValue().shape()));
      entry.set("data_offsets", JSON.valueToTree(new int[] {start, end}));
    }
    byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
    int padded = (text.length + 7) / 8 * 8;
    ByteBuffer file = ByteBuffer.allocate(8 + padded + end).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(padded).put(text);
    while (file.position() < 8 + padded) {
      file.put((byte) ' ');
    }
    sorted.values().forEach(tensor -> write(tensor, type, file));
    return file.array();
  }

  private static void write(HostTensor tensor, ElementType type, ByteBuffer file) {
    for (float value : tensor.data()) {
      type.write(file, value);
    }
  }

  /** Writes {@link #format} to a file, whole or not at all. */
  public static void write(Path file, Map<String, HostTensor> tensors, ElementType type) {
    AtomicFiles.write(file, format(tensors, type));
  }
}
