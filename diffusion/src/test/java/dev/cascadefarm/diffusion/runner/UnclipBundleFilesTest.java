package dev.cascadefarm.diffusion.runner;

import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.JSON;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.MAKES;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.PRIOR;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.StageException;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bundles of an unCLIP whose files are not what they were. */
@Tag("engine")
@ExtendWith(EngineThread.class)
class UnclipBundleFilesTest {
  @TempDir Path folder;
  private TinyUnclipStages stages;

  @BeforeEach
  void choose() {
    stages = new TinyUnclipStages(folder);
  }

  @ParameterizedTest
  @ValueSource(strings = {"unclip-text", "unclip-image", "unclip-prior", "unclip-decoder"})
  void load_selfTestOfOtherWeights_refused(String kind) throws IOException {
    stages.write(kind).close();
    Path file = folder.resolve("selftest.safetensors");
    Map<String, HostTensor> recorded = new HashMap<>(SafeTensors.read(file));
    String output =
        recorded.keySet().stream().filter(each -> each.endsWith("/out/0")).findFirst().get();
    float[] other = recorded.get(output).data().clone();
    other[0] += 1;
    recorded.put(output, new HostTensor(recorded.get(output).shape(), other));
    SafeTensors.write(file, recorded, ElementType.F32);
    assertThatThrownBy(() -> stages.load(kind))
        .isInstanceOf(StageException.class)
        .hasMessageContaining(output + " differs by");
  }

  @Test
  void load_unknownKeyOrFilesMissing_refused() throws IOException {
    stages.makes().close();
    ObjectNode model = JSON.valueToTree(PRIOR);
    model.put("depth", 3);
    assertThatThrownBy(() -> stages.load("unclip-prior", model, JSON.valueToTree(MAKES), 0))
        .isInstanceOf(StageException.class)
        .hasMessageContaining("depth");
    stages.text().close();
    Files.delete(folder.resolve("tokenizer.json"));
    assertThatThrownBy(() -> stages.load("unclip-text"))
        .isInstanceOf(StageException.class)
        .hasMessageContaining("tokenizer.json: cannot be loaded");
  }
}
