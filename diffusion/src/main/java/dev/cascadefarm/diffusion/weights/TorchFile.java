package dev.cascadefarm.diffusion.weights;

import dev.cascadefarm.diffusion.graph.Pickle;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.weights.PickleValue.Array;
import dev.cascadefarm.diffusion.weights.PickleValue.Dict;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A state_dict as {@code torch.save} writes it ({@code .pth}): a zip file of one pickle and a
 * storage per tensor. Reading takes tensors and nothing else; it never runs what the file says.
 */
public final class TorchFile {
  private static final String PICKLE = "data.pkl";
  private static final String BYTE_ORDER = "byteorder";
  private static final String LITTLE = "little";
  private static final String FOLDER = "archive/";

  /** How many times its file a file's tensors may fill the heap: floats of bytes, shared a bit. */
  private static final int MAX_GROWTH = 16;

  private static final int ALIGNMENT = 64;
  private static final int LOCAL_HEADER_BYTES = 30;
  private static final short PADDING_FIELD = 0x4246;

  /** The first that zip files hold without a field for time zones, which would move the content. */
  private static final LocalDateTime EARLIEST = LocalDateTime.of(1980, 2, 1, 0, 0);

  private TorchFile() {}

  /**
   * The tensors of a file, where they lie: the file is mapped, and must not shrink while they are
   * in use. Tensors may share storage.
   *
   * @throws WeightsException if the file is missing, damaged, or holds anything but tensors
   */
  public static Map<String, TensorView> map(Path file) {
    return views(MappedBytes.map(file));
  }

  /**
   * Reads every tensor of a file as float32.
   *
   * @throws WeightsException as {@link #map}
   */
  public static Map<String, HostTensor> read(Path file) {
    return TensorView.readAll(map(file));
  }

  /** Reads every tensor of a file's content as float32. */
  public static Map<String, HostTensor> parse(byte[] content, String name) {
    return TensorView.readAll(views(MappedBytes.of(content, name)));
  }

  private static Map<String, TensorView> views(MappedBytes file) {
    ZipDirectory zip = ZipDirectory.read(file);
    String folder = folder(zip);
    requireLittleEndian(zip, folder);
    TorchTensors constructors = new TorchTensors(zip, folder);
    PickleValue root =
        new Unpickler(file.name(), zip.content(folder + PICKLE), constructors).read();
    if (!(root instanceof Dict dict)) {
      throw fault(file, root.kind());
    }
    Map<String, TensorView> views = new LinkedHashMap<>();
    long bytes = 0;
    for (Map.Entry<String, PickleValue> each : dict.values().entrySet()) {
      if (!(each.getValue() instanceof Array array)) {
        throw fault(file, each.getKey() + " is " + each.getValue().kind());
      }
      views.put(each.getKey(), array.view());
      bytes += 4L * array.view().size();
    }
    if (bytes > MAX_GROWTH * file.size()) {
      throw new WeightsException(
          "%s: tensors of %d bytes in a file of %d (expected: at most %d times as many)"
              .formatted(file.name(), bytes, file.size(), MAX_GROWTH));
    }
    return views;
  }

  /** The one folder that all entries are in. */
  private static String folder(ZipDirectory zip) {
    for (String each : zip.names()) {
      if (each.endsWith("/" + PICKLE)) {
        return each.substring(0, each.length() - PICKLE.length());
      }
    }
    throw new WeightsException(
        zip.name() + ": no " + PICKLE + " in it (expected: a file written by torch.save)");
  }

  private static void requireLittleEndian(ZipDirectory zip, String folder) {
    if (!zip.has(folder + BYTE_ORDER)) {
      return;
    }
    ByteBuffer order = zip.content(folder + BYTE_ORDER);
    if (!StandardCharsets.ISO_8859_1.decode(order).toString().equals(LITTLE)) {
      throw new WeightsException(zip.name() + ": byte order (expected: " + LITTLE + ")");
    }
  }

  private static WeightsException fault(MappedBytes file, String found) {
    return new WeightsException(
        file.name() + ": " + found + " (expected: " + TorchTensors.EXPECTED + ")");
  }

  // ---- writing ------------------------------------------------------------------------------

  /**
   * Writes a state_dict in the map's order, whole or not at all; {@code torch.load} reads it, with
   * {@code weights_only} and mapped too.
   *
   * @throws WeightsException if it cannot be written
   */
  public static void write(Path file, Map<String, HostTensor> tensors) {
    AtomicFiles.write(file, out -> write(tensors, out));
  }

  private static void write(Map<String, HostTensor> tensors, OutputStream out) throws IOException {
    ZipOutputStream zip = new ZipOutputStream(out);
    zip.setMethod(ZipOutputStream.STORED);
    long end = entry(zip, 0, PICKLE, pickle(tensors));
    end = entry(zip, end, BYTE_ORDER, LITTLE.getBytes(StandardCharsets.US_ASCII));
    int index = 0;
    for (HostTensor each : tensors.values()) {
      end = entry(zip, end, "data/" + index++, ElementType.F32.encode(each.data()));
    }
    entry(zip, end, "version", "3\n".getBytes(StandardCharsets.US_ASCII));
    zip.finish();
  }

  private static byte[] pickle(Map<String, HostTensor> tensors) {
    Pickle pickle = new Pickle().global("collections", "OrderedDict").emptyTuple().reduce().mark();
    int index = 0;
    for (Map.Entry<String, HostTensor> each : tensors.entrySet()) {
      pickle.text(each.getKey()).tensor(index++, each.getValue().shape(), false);
    }
    return pickle.setItems().stop();
  }

  /** Writes an entry whose content begins at a multiple of 64, and returns where it ends. */
  private static long entry(ZipOutputStream zip, long start, String name, byte[] content)
      throws IOException {
    ZipEntry entry = new ZipEntry(FOLDER + name);
    CRC32 crc = new CRC32();
    crc.update(content);
    entry.setTimeLocal(EARLIEST);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    long unpadded = start + LOCAL_HEADER_BYTES + entry.getName().length() + 4;
    int padding = (int) (ALIGNMENT - unpadded % ALIGNMENT) % ALIGNMENT;
    entry.setExtra(
        ByteBuffer.allocate(4 + padding)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putShort(PADDING_FIELD)
            .putShort((short) padding)
            .array());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
    return unpadded + padding + content.length;
  }
}
