package dev.cascadefarm.diffusion.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.StoredTensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
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
  private static final Set<ElementType> TYPES =
      EnumSet.of(ElementType.F32, ElementType.F16, ElementType.BF16, ElementType.I64);
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private SafeTensors() {}

  /**
   * The tensors of a file of any size, where they lie: the file is mapped, and must not shrink
   * while they are in use.
   *
   * @throws WeightsException if the file is missing or damaged
   */
  public static Map<String, TensorView> map(Path file) {
    return views(MappedBytes.map(file));
  }

  /**
   * Reads every tensor of a file as float32.
   *
   * @throws WeightsException if the file is missing or damaged
   */
  public static Map<String, HostTensor> read(Path file) {
    return TensorView.readAll(map(file));
  }

  /** Reads every tensor of a file's content as float32. */
  public static Map<String, HostTensor> parse(byte[] content, String name) {
    return TensorView.readAll(views(MappedBytes.of(content, name)));
  }

  /**
   * What a file says of itself, apart from its tensors; empty if it says nothing.
   *
   * @throws WeightsException if the file is missing or damaged
   */
  public static Map<String, String> metadata(Path file) {
    return metadata(MappedBytes.map(file));
  }

  /** The same of a file's content. */
  static Map<String, String> metadata(byte[] content, String name) {
    return metadata(MappedBytes.of(content, name));
  }

  private static Map<String, String> metadata(MappedBytes bytes) {
    JsonNode metadata = header(bytes, headerLength(bytes)).path(METADATA);
    Map<String, String> texts = new TreeMap<>();
    if (!metadata.isMissingNode()) {
      requireMetadata(metadata, bytes.name());
      metadata.properties().forEach(each -> texts.put(each.getKey(), each.getValue().textValue()));
    }
    return texts;
  }

  private static Map<String, TensorView> views(MappedBytes file) {
    int length = headerLength(file);
    SafeTensorsData data = new SafeTensorsData(file, 8L + length, TYPES);
    for (Map.Entry<String, JsonNode> each : header(file, length).properties()) {
      if (each.getKey().equals(METADATA)) {
        requireMetadata(each.getValue(), file.name());
      } else {
        data.add(each.getKey(), each.getValue());
      }
    }
    return data.whole();
  }

  private static int headerLength(MappedBytes file) {
    if (file.size() < 8) {
      throw new WeightsException(
          file.name() + ": " + file.size() + " bytes (expected: at least 8)");
    }
    long length = file.slice(0, 8).getLong(0);
    if (length < 2 || length > MAX_HEADER_BYTES || length > file.size() - 8) {
      throw new WeightsException(
          "%s: header of %d bytes (expected: 2 to %d)"
              .formatted(file.name(), length, Math.min(MAX_HEADER_BYTES, file.size() - 8)));
    }
    return (int) length;
  }

  private static ObjectNode header(MappedBytes file, int length) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(file.slice(8, length)).toString();
      if (text.startsWith("{") && JSON.readTree(text) instanceof ObjectNode object) {
        return object;
      }
    } catch (CharacterCodingException e) {
      throw new WeightsException(file.name() + ": header (expected: UTF-8)", e);
    } catch (JsonProcessingException e) {
      throw new WeightsException(
          file.name() + ": header: " + e.getOriginalMessage() + " (expected: JSON)", e);
    }
    throw new WeightsException(file.name() + ": header (expected: a JSON object)");
  }

  private static void requireMetadata(JsonNode metadata, String name) {
    boolean texts =
        metadata.isObject()
            && StreamSupport.stream(metadata.spliterator(), false).allMatch(JsonNode::isTextual);
    if (!texts) {
      throw new WeightsException(
          name + ": " + METADATA + " (expected: an object that holds only strings)");
    }
  }

  /** The content of a file that holds these tensors, sorted by name, as F32 or F16. */
  public static byte[] format(Map<String, ? extends StoredTensor> tensors, ElementType type) {
    return format(tensors, type, Map.of());
  }

  /** The same, with what {@link #metadata} then says. */
  static byte[] format(
      Map<String, ? extends StoredTensor> tensors, ElementType type, Map<String, String> metadata) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try {
      write(Channels.newChannel(file), tensors, type, metadata);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file.toByteArray();
  }

  /** Writes {@link #format} to a file of any size, whole or not at all. */
  public static void write(
      Path file, Map<String, ? extends StoredTensor> tensors, ElementType type) {
    write(file, tensors, type, Map.of());
  }

  /** The same, with what {@link #metadata} then says. */
  public static void write(
      Path file,
      Map<String, ? extends StoredTensor> tensors,
      ElementType type,
      Map<String, String> metadata) {
    AtomicFiles.write(file, out -> write(Channels.newChannel(out), tensors, type, metadata));
  }

  /**
   * The same, for a file of any size that is to be known by its hash.
   *
   * @return SHA-256 (hex) of the file
   */
  public static String writeHashed(
      Path file, Map<String, ? extends StoredTensor> tensors, ElementType type) {
    long bytes =
        tensors.values().stream().mapToLong(each -> TensorView.count(each.shape())).sum()
            * type.bytes();
    return AtomicFiles.writeHashed(file, bytes, out -> write(out, tensors, type, Map.of()));
  }

  private static void write(
      WritableByteChannel out,
      Map<String, ? extends StoredTensor> tensors,
      ElementType type,
      Map<String, String> metadata)
      throws IOException {
    SortedMap<String, StoredTensor> sorted = new TreeMap<>(tensors);
    out.write(ByteBuffer.wrap(head(sorted, type, metadata)));
    for (StoredTensor each : sorted.values()) {
      if (each instanceof TensorView view) {
        view.writeTo(out, type);
      } else {
        out.write(ByteBuffer.wrap(type.encode(each.read().data())));
      }
    }
  }

  /** Header's length and header, padded to a multiple of 8. */
  private static byte[] head(
      SortedMap<String, StoredTensor> sorted, ElementType type, Map<String, String> metadata) {
    ObjectNode header = JSON.createObjectNode();
    if (!metadata.isEmpty()) {
      header.set(METADATA, JSON.valueToTree(new TreeMap<>(metadata)));
    }
    long end = 0;
    for (Map.Entry<String, StoredTensor> each : sorted.entrySet()) {
      long start = end;
      end = start + TensorView.count(each.getValue().shape()) * type.bytes();
      ObjectNode entry = header.putObject(each.getKey()).put("dtype", type.name());
      entry.set("shape", JSON.valueToTree(each.getValue().shape()));
      entry.set("data_offsets", JSON.valueToTree(new long[] {start, end}));
    }
    byte[] text = header.toString().getBytes(StandardCharsets.UTF_8);
    int padded = (text.length + 7) / 8 * 8;
    ByteBuffer head = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
    head.putLong(padded).put(text);
    while (head.hasRemaining()) {
      head.put((byte) ' ');
    }
    return head.array();
  }
}
