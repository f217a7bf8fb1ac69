package dev.cascadefarm.diffusion.imagen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class UnetConfigTest {
  @Test
  void layerLists_oneValue_countsForEveryLayer() {
    UnetConfig config = config(8, List.of(1, 2, 4), List.of(2), false);
    assertThat(config.numResnetBlocks()).containsExactly(2, 2, 2);
    assertThat(config.layerAttns()).containsExactly(true, true, true);
  }

  @Test
  void sideMultiple_layers_memoryEfficientHalvesOnceMore() {
    assertThat(config(8, List.of(1, 2, 4), List.of(1), false).sideMultiple()).isEqualTo(4);
    assertThat(config(8, List.of(1, 2, 4), List.of(1), true).sideMultiple()).isEqualTo(8);
  }

  @Test
  void new_valuesOutOfRange_refusedByName() {
    assertThatThrownBy(() -> config(12, List.of(1), List.of(1), false))
        .hasMessage("dim: 12 (expected: a positive multiple of 8)");
    assertThatThrownBy(() -> config(8, List.of(), List.of(1), false))
        .hasMessageContaining("dim_mults: []");
    assertThatThrownBy(() -> config(8, List.of(1, 0), List.of(1), false))
        .hasMessage("dim_mults: [1, 0] (expected: all >= 1)");
    assertThatThrownBy(() -> config(8, List.of(1, 2), List.of(-1), false))
        .hasMessageContaining("num_resnet_blocks: [-1, -1]");
    assertThatThrownBy(() -> config(8, List.of(1, 2), List.of(1, 1, 1), false))
        .hasMessage("num_resnet_blocks: [1, 1, 1] (expected: one value or 2)");
  }

  @Test
  void denoiser_sideThatDoesNotHalve_refused() {
    Unet unet = new Unet(config(8, List.of(1, 2, 4), List.of(1), true));
    assertThatThrownBy(() -> new Denoiser(unet, 20, 0))
        .hasMessage("side: 20 (expected: a multiple of 8)");
    assertThatThrownBy(() -> new Denoiser(unet, 16, -1)).hasMessageContaining("history: -1");
  }

  private static UnetConfig config(
      int dim, List<Integer> dimMults, List<Integer> blocks, boolean memoryEfficient) {
    return new UnetConfig(
        dim,
        dimMults,
        3,
        8,
        8,
        blocks,
        List.of(true),
        List.of(false),
        2,
        false,
        memoryEfficient,
        false,
        4,
        8);
  }
}
