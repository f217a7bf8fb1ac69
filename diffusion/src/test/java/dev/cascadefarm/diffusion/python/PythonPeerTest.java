package dev.cascadefarm.diffusion.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.testing.python.PythonPeer;
import dev.cascadefarm.testing.python.PythonTier;
import dev.cascadefarm.testing.python.PythonUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PythonPeerTest {
  @Test
  void start_noSuchProgram_namesItAndTheRemedy() {
    assertThatThrownBy(() -> PythonPeer.start(List.of("/no/such/python")))
        .isInstanceOf(PythonUnavailableException.class)
        .hasMessageContaining("FARM_PYTHON: /no/such/python: cannot be started")
        .hasMessageContainingAll(PythonUnavailableException.REMEDY.toArray(String[]::new));
  }

  @Test
  void start_anotherProgram_quotesWhatItSaid() {
    String java = ProcessHandle.current().info().command().orElseThrow();
    assertThatThrownBy(() -> PythonPeer.start(List.of(java, "-no-such-option")))
        .isInstanceOf(PythonUnavailableException.class)
        .hasMessageContainingAll("ended without a greeting; it said: ", "no-such-option");
  }

  @Test
  void remedy_contributing_saysTheSame() throws IOException {
    Path guide = Path.of(System.getProperty("basedir", ""), "..", "CONTRIBUTING.md");
    assertThat(Files.readString(guide.toAbsolutePath()))
        .contains(PythonUnavailableException.REMEDY);
  }

  @Test
  @Tag("python")
  void start_pythonWithoutPackages_namesThem() {
    assertThatThrownBy(() -> PythonPeer.start(List.of(PythonTier.interpreter(), "-S")))
        .isInstanceOf(PythonUnavailableException.class)
        .hasMessageContainingAll("cannot import", "\"torch\"", "\"minimagen\"")
        .hasMessageContainingAll(PythonUnavailableException.REMEDY.toArray(String[]::new));
  }
}
