package dev.cascadefarm.diffusion.weights;

import dev.cascadefarm.diffusion.weights.PickleValue.Array;
import dev.cascadefarm.diffusion.weights.PickleValue.Dict;
import dev.cascadefarm.diffusion.weights.PickleValue.Global;
import dev.cascadefarm.diffusion.weights.PickleValue.Storage;
import dev.cascadefarm.diffusion.weights.PickleValue.Text;
import dev.cascadefarm.diffusion.weights.PickleValue.Tuple;
import dev.cascadefarm.diffusion.weights.PickleValue.Whole;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the pickle of a {@code .pth} file may call: the functions that put tensors together from
 * storages, which lie beside the pickle in the same zip file. Not thread-safe.
 */
final class TorchTensors implements Unpickler.Constructors {
  /** What a refusal says it wanted. */
  static final String EXPECTED =
      "a state_dict, tensors only; checkpoints with more in them, such as imagen-pytorch's, are not"
          + " read";

  private static final String ORDERED_DICT = "collections.OrderedDict";
  private static final String TENSOR = "torch._utils._rebuild_tensor_v2";
  private static final String PARAMETER = "torch._utils._rebuild_parameter";
  private static final Map<String, ElementType> STORAGES =
      Map.ofEntries(
          Map.entry("torch.DoubleStorage", ElementType.F64),
          Map.entry("torch.FloatStorage", ElementType.F32),
          Map.entry("torch.HalfStorage", ElementType.F16),
          Map.entry("torch.BFloat16Storage", ElementType.BF16),
          Map.entry("torch.LongStorage", ElementType.I64),
          Map.entry("torch.IntStorage", ElementType.I32),
          Map.entry("torch.ShortStorage", ElementType.I16),
          Map.entry("torch.CharStorage", ElementType.I8),
          Map.entry("torch.ByteStorage", ElementType.U8),
          Map.entry("torch.BoolStorage", ElementType.BOOL));

  private final ZipDirectory zip;
  private final String folder;
  private final Map<String, ByteBuffer> contents = new HashMap<>();

  /**
   * The storages of one file.
   *
   * @param folder of the zip file that holds {@code data/}
   */
  TorchTensors(ZipDirectory zip, String folder) {
    this.zip = zip;
    this.folder = folder;
  }

  @Override
  public boolean knows(String global) {
    return global.equals(ORDERED_DICT)
        || global.equals(TENSOR)
        || global.equals(PARAMETER)
        || STORAGES.containsKey(global);
  }

  @Override
  public PickleValue call(Global function, List<PickleValue> arguments) {
    return switch (function.name()) {
      case ORDERED_DICT -> dictionary(arguments);
      case TENSOR -> tensor(arguments);
      case PARAMETER -> parameter(arguments);
      default -> throw fault("a call of " + function.name());
    };
  }

  private PickleValue dictionary(List<PickleValue> arguments) {
    if (!arguments.isEmpty()) {
      throw fault(ORDERED_DICT + " with arguments");
    }
    return new Dict();
  }

  /** Storage, offset, sizes, strides; then what only matters in training. */
  private PickleValue tensor(List<PickleValue> arguments) {
    if (arguments.size() >= 6
        && arguments.get(0) instanceof Storage storage
        && arguments.get(1) instanceof Whole offset
        && arguments.get(2) instanceof Tuple shape
        && arguments.get(3) instanceof Tuple strides) {
      var layout = new TensorView.Layout(offset.number(), numbers(shape), numbers(strides));
      try {
        return new Array(TensorView.of(storage.type(), layout, storage.bytes()));
      } catch (WeightsException e) {
        throw new WeightsException(zip.name() + ": a tensor: " + e.getMessage(), e);
      }
    }
    throw fault("a call of " + TENSOR + " with other arguments");
  }

  private long[] numbers(Tuple tuple) {
    return tuple.values().stream()
        .mapToLong(
            each -> {
              if (each instanceof Whole whole) {
                return whole.number();
              }
              throw fault("a size that is " + each.kind());
            })
        .toArray();
  }

  private PickleValue parameter(List<PickleValue> arguments) {
    if (arguments.size() == 3 && arguments.get(0) instanceof Array array) {
      return array;
    }
    throw fault("a call of " + PARAMETER + " with other arguments");
  }

  /** The word "storage", type, entry, device, number of elements. */
  @Override
  public PickleValue load(PickleValue id) {
    if (id instanceof Tuple tuple
        && tuple.values().size() == 5
        && tuple.values().get(0) instanceof Text word
        && word.text().equals("storage")
        && tuple.values().get(1) instanceof Global global
        && tuple.values().get(2) instanceof Text key
        && tuple.values().get(4) instanceof Whole count) {
      return storage(global, key.text(), count.number());
    }
    throw fault("a persistent id that is " + id.kind());
  }

  private Storage storage(Global global, String key, long count) {
    ElementType type = STORAGES.get(global.name());
    if (type == null) {
      throw fault("a storage of " + global.name());
    }
    ByteBuffer bytes = contents.computeIfAbsent(key, each -> zip.content(folder + "data/" + each));
    if (count < 0 || count > TensorView.MAX_ELEMENTS || bytes.limit() != count * type.bytes()) {
      throw new WeightsException(
          "%s: storage %s of %d elements of %s has %d bytes (expected: as many as they need)"
              .formatted(zip.name(), key, count, type, bytes.limit()));
    }
    return new Storage(type, bytes);
  }

  private WeightsException fault(String found) {
    return new WeightsException(zip.name() + ": " + found + " (expected: " + EXPECTED + ")");
  }
}
