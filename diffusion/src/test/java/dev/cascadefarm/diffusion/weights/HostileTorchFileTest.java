package dev.cascadefarm.diffusion.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.stage.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostileTorchFileTest {
  private static final String STORAGE = "( 'storage' torch:FloatStorage '0' 'cpu' #4 t Q ";
  private static final String TAIL = " 89 collections:OrderedDict ) R t R";
  private static final String DICT = "collections:OrderedDict ) R ( 'w' ";

  private static String tensor(String layout) {
    return "torch._utils:_rebuild_tensor_v2 ( " + STORAGE + layout + TAIL;
  }

  private static Map<String, HostTensor> parse(String words) {
    return TorchFile.parse(TorchArchive.file(TorchArchive.pickle(words)), "bad.pth");
  }

  private static void refuses(String words, String... fragments) {
    assertThatThrownBy(() -> parse(words))
        .isInstanceOf(WeightsException.class)
        .hasMessageStartingWith("bad.pth: ")
        .hasMessageContaining("expected: ")
        .hasMessageContainingAll(fragments);
  }

  @Test
  void parse_honestPickleByHand_accepted() {
    assertThat(parse(DICT + tensor("#0 #2 #2 86 #2 #1 86") + " u ."))
        .isEqualTo(Map.of("w", HostTensor.of(new float[4], 2, 2)));
  }

  @ParameterizedTest
  @CsvSource({
    "os:system",
    "posix:system",
    "builtins:eval",
    "__builtin__:eval",
    "subprocess:Popen",
    "torch:load",
    "torch._utils:_rebuild_tensor",
    "torch:ComplexFloatStorage",
    "__torch__:Denoiser"
  })
  void parse_foreignGlobal_refusedByName(String global) {
    refuses(
        global + " ( 'rm' t R .",
        "global " + global.replace(':', '.'),
        "a state_dict, tensors only");
  }

  @ParameterizedTest
  @CsvSource({
    "81, NEWOBJ",
    "8c, SHORT_BINUNICODE",
    "93, STACK_GLOBAL",
    "95, FRAME",
    "94, MEMOIZE",
    "], EMPTY_LIST",
    "a, APPEND",
    "i, INST",
    "o, OBJ",
    "0, POP",
    "2, DUP",
    "P, PERSID",
    "G, BINFLOAT",
    "82, EXT1",
    "8b, LONG4",
    "B, BINBYTES"
  })
  void parse_foreignInstruction_refusedByName(String code, String name) {
    refuses(code + " .", "instruction " + name + " at byte 3", "imagen-pytorch");
  }

  @Test
  void parse_otherProtocolOrNoInstruction_refused() {
    refuses("8004 .", "pickle protocol 4", "expected: 2");
    refuses("ff .", "instruction ff");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "#0 #5 85 #1 85",
        "#1 #2 #2 86 #2 #1 86",
        "#5 #0 85 #1 85",
        "#-1 #2 85 #1 85",
        "#0 #-2 85 #1 85",
        "#0 #2 85 #-1 85",
        "#0 #2 85 #4 85",
        "#0 #2 #2 86 #2 85",
        "#0 #2147483647 #2147483647 86 #1 #1 86",
        "#0 #2 85 #2147483647 85",
        "#0 #2 #2 86 #2147483647 #2147483647 86"
      })
  void parse_layoutOutsideItsStorage_refused(String layout) {
    refuses(DICT + tensor(layout) + " u .", "a tensor: ");
  }

  /** 2^28 elements that are all the same: a gigabyte from nothing. */
  @Test
  void parse_expandedALot_refusedBeforeItIsAllocated() {
    refuses(DICT + tensor("#0 #268435456 85 #0 85") + " u .", "tensors of 1073741824 bytes");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'storage' torch:FloatStorage '0' 'cpu' #3",
        "'storage' torch:FloatStorage '0' 'cpu' #-4",
        "'storage' torch:HalfStorage '0' 'cpu' #4",
        "'storage' torch:FloatStorage '1' 'cpu' #4",
        "'storage' torch:FloatStorage '../data.pkl' 'cpu' #4",
        "'storage' collections:OrderedDict '0' 'cpu' #4",
        "'module' torch:FloatStorage '0' 'cpu' #4",
        "'storage' torch:FloatStorage #0 'cpu' #4",
        "'storage' torch:FloatStorage '0'"
      })
  void parse_storageThatIsNotThere_refused(String id) {
    refuses("( " + id + " t Q .", "bad.pth");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".",
        ")",
        ") .",
        "} } .",
        "( .",
        "t .",
        "u .",
        "R .",
        ") ) R .",
        "collections:OrderedDict 'x' R .",
        "collections:OrderedDict 'x' 85 R .",
        "torch._utils:_rebuild_tensor_v2 ) R .",
        "torch._utils:_rebuild_parameter 'x' 85 R .",
        "torch:FloatStorage ) R .",
        "Q .",
        "'x' Q .",
        "} 'a' s .",
        "} ( 'a' u .",
        "} #1 #2 s .",
        "} 'a' #2 s 'a' #3 s .",
        "'x' 'a' #2 s .",
        "} 'a' #2 s .",
        "} 'a' } s .",
        "} } 'dict' } s b .",
        "'x' } b .",
        "6807 .",
        "7107 .",
        "8a09000000000000000000 .",
        "58ffffffff .",
        "58ffffff7f .",
        "} . .",
        "63ff"
      })
  void parse_brokenPickle_weightsException(String words) {
    refuses(words, "bad.pth");
  }

  @Test
  void parse_manyMarksTuplesOrValues_bounded() {
    refuses("( ".repeat(1001), "too deeply nested");
    byte[] nested = new byte[1 << 22];
    Arrays.fill(nested, (byte) 0x85);
    System.arraycopy(new byte[] {(byte) 0x80, 2, ')'}, 0, nested, 0, 3);
    assertThatThrownBy(() -> TorchFile.parse(TorchArchive.file(nested), "bad.pth"))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("too many values");
    byte[] large = new byte[(1 << 24) + 1];
    assertThatThrownBy(() -> TorchFile.parse(TorchArchive.file(large), "bad.pth"))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("16777217 bytes");
  }

  @Test
  void parse_zipWithoutPickleOrOfBigEndian_refused() {
    assertThatThrownBy(() -> TorchFile.parse(TorchArchive.zip(Map.of("x/y", new byte[1])), "f"))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("no data.pkl in it");
    byte[] big = "big".getBytes(StandardCharsets.US_ASCII);
    byte[] file =
        TorchArchive.zip(Map.of("x/data.pkl", TorchArchive.pickle("} ."), "x/byteorder", big));
    assertThatThrownBy(() -> TorchFile.parse(file, "f"))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("byte order");
  }

  @Test
  void parse_flippedNumber_checksumNamed() {
    byte[] file = TorchArchive.zip(Map.of("x/data.pkl", TorchArchive.pickle("} .")));
    file[30 + "x/data.pkl".length() + 2] ^= 1;
    assertThatThrownBy(() -> TorchFile.parse(file, "f"))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("entry x/data.pkl does not match its checksum");
  }

  /** Each of the directory's fields, set to its extremes. */
  @Test
  void parse_everyFieldOfTheZipExtreme_weightsExceptionOrTensors() {
    byte[] whole = TorchArchive.file(TorchArchive.pickle("} ."));
    int refused = 0;
    for (int at = 0; at + 4 <= whole.length; at++) {
      for (int value : new int[] {0, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0xFFFF}) {
        byte[] broken = whole.clone();
        ByteBuffer.wrap(broken).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
        try {
          TorchFile.parse(broken, "broken");
        } catch (WeightsException e) {
          refused++;
        }
      }
    }
    assertThat(refused).isGreaterThan(whole.length);
  }
}
