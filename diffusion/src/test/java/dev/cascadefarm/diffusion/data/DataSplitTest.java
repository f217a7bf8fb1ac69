package dev.cascadefarm.diffusion.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DataSplitTest {
  @Test
  void of_share_everyExampleOnExactlyOneSide() {
    DataSplit split = DataSplit.of(new Numbers(50), 0.1, 3);
    List<String> training = captions(split.training());
    List<String> validation = captions(Objects.requireNonNull(split.validation()));
    assertThat(training).hasSize(45).doesNotContainAnyElementsOf(validation);
    assertThat(validation).hasSize(5).doesNotHaveDuplicates();
    assertThat(validation).isNotEqualTo(List.of("0", "1", "2", "3", "4"));
  }

  @Test
  void of_sameSeed_sameSplit() {
    assertThat(aside(3)).isEqualTo(aside(3)).isNotEqualTo(aside(4));
  }

  @Test
  void of_endlessList_validationFarFromTraining() {
    DataSplit split = DataSplit.of(new Numbers(CaptionedPictures.ENDLESS), 0.1, 3);
    assertThat(split.training().count()).isEqualTo(CaptionedPictures.ENDLESS);
    assertThat(Objects.requireNonNull(split.validation()).caption(1))
        .isEqualTo(Long.toString((1L << 40) + 1));
  }

  @Test
  void of_noShare_nothingAside() {
    assertThat(DataSplit.of(new Numbers(3), 0, 3).validation()).isNull();
  }

  @Test
  void of_nothingLeftToLearnFrom_refused() {
    assertThatThrownBy(() -> DataSplit.of(new Numbers(1), 0.5, 3))
        .isInstanceOf(DataException.class)
        .hasMessage("1 examples, 1 of them for validation (expected: some left to learn from)");
    assertThatThrownBy(() -> DataSplit.of(new Numbers(9), 1, 3))
        .hasMessage("validation share: 1.0 (expected: 0 to below 1)");
  }

  private static List<String> aside(long seed) {
    return captions(Objects.requireNonNull(DataSplit.of(new Numbers(50), 0.1, seed).validation()));
  }

  private static List<String> captions(CaptionedPictures pictures) {
    return LongStream.range(0, pictures.count()).mapToObj(pictures::caption).toList();
  }

  private record Numbers(long count) implements CaptionedPictures {
    @Override
    public String caption(long index) {
      return Long.toString(index);
    }

    @Override
    public HostTensor picture(long index, int side) {
      return HostTensor.of(new float[3 * side * side], 3, side, side);
    }
  }
}
