package dev.cascadefarm.diffusion.diffusers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.weights.WeightsException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AttentionNamesTest {
  @Test
  void present_otherTensors_leftAlone() {
    HostTensor convolution = HostTensor.of(new float[4], 2, 2, 1, 1);
    Map<String, HostTensor> others =
        Map.of("mid.resnets.0.key.weight", convolution, "quant_conv.weight", convolution);
    assertThat(AttentionNames.present(others)).isEqualTo(others);
  }

  @Test
  void present_bothNames_refused() {
    HostTensor weight = HostTensor.of(new float[4], 2, 2);
    assertThatThrownBy(
            () ->
                AttentionNames.present(
                    Map.of(
                        "attentions.0.query.weight", weight, "attentions.0.to_q.weight", weight)))
        .isInstanceOf(WeightsException.class)
        .hasMessageStartingWith("attentions.0.to_q.weight: twice");
  }
}
