package dev.cascadefarm.diffusion.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.noise.CounterNoise;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ElementTypeTest {
  @Test
  void halves_all65536_surviveTheRoundTrip() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float wide = ElementType.halfToFloat((short) bits);
      int back = ElementType.floatToHalf(wide) & 0xFFFF;
      if (Float.isNaN(wide)) {
        assertThat(bits & 0x7FFF).isGreaterThan(0x7C00);
        assertThat(back & 0x7FFF).isGreaterThan(0x7C00);
      } else {
        assertThat(wide).isEqualTo((float) value(bits));
        assertThat(back).isEqualTo(bits);
      }
    }
  }

  /** The definition of binary16. */
  private static double value(int bits) {
    int exponent = bits >> 10 & 0x1F;
    int fraction = bits & 0x3FF;
    double sign = bits >> 15 == 0 ? 1 : -1;
    if (exponent == 0x1F) {
      return sign * Double.POSITIVE_INFINITY;
    }
    return exponent == 0
        ? sign * Math.scalb((double) fraction, -24)
        : sign * Math.scalb(1024.0 + fraction, exponent - 25);
  }

  @Test
  void floatToHalf_betweenTwoHalves_nearestTiesToEven() {
    for (int bits = 0; bits < 0x7BFF; bits++) {
      double low = value(bits);
      double high = value(bits + 1);
      float middle = (float) ((low + high) / 2);
      int even = (bits & 1) == 0 ? bits : bits + 1;
      assertThat((int) ElementType.floatToHalf(middle)).isEqualTo(even);
      assertThat((int) ElementType.floatToHalf(Math.nextDown(middle))).isEqualTo(bits);
      assertThat((int) ElementType.floatToHalf(Math.nextUp(middle))).isEqualTo(bits + 1);
    }
  }

  @ParameterizedTest
  @CsvSource({"65519.996, 31743", "65520, 31744", "3.4e38, 31744", "1e-9, 0", "2.9802322e-8, 0"})
  void floatToHalf_edges_overflowAndUnderflow(float value, int bits) {
    assertThat((int) ElementType.floatToHalf(value)).isEqualTo(bits);
    assertThat(ElementType.floatToHalf(-value) & 0xFFFF).isEqualTo(bits | 0x8000);
  }

  @Test
  void read_bf16_upperHalfOfTheFloat() {
    for (float each : new CounterNoise(3, "t", "t").normals(0, 100)) {
      int bits = Float.floatToRawIntBits(each) & 0xFFFF0000;
      ByteBuffer buffer = ByteBuffer.allocate(2).putShort(0, (short) (bits >>> 16));
      assertThat(ElementType.BF16.read(buffer, 0)).isEqualTo(Float.intBitsToFloat(bits));
    }
  }

  @Test
  void write_bf16AndI64_refused() {
    ByteBuffer buffer = ByteBuffer.allocate(8);
    assertThatThrownBy(() -> ElementType.BF16.write(buffer, 1)).hasMessageContaining("BF16");
    assertThatThrownBy(() -> ElementType.I64.write(buffer, 1)).hasMessageContaining("I64");
  }
}
