package dev.cascadefarm.standalone.process;

import dev.cascadefarm.diffusion.scratch.ScratchFolder;
import dev.cascadefarm.embedded.EmbeddedException;
import dev.cascadefarm.embedded.EmbeddedRedis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What killed farms left where the system keeps temporary files: folders, a Redis that runs on. */
public final class Leftovers {
  private static final Logger log = LoggerFactory.getLogger(Leftovers.class);

  private Leftovers() {}

  /** Removes them; what cannot be removed stays, and keeps nobody from starting. */
  public static void remove() {
    try {
      remove(ScratchFolder.leftovers());
    } catch (IOException | UncheckedIOException e) {
      log.warn("temporary folders of killed farms: cannot be looked for: {}", e.toString());
    }
  }

  private static void remove(List<ScratchFolder> folders) {
    for (ScratchFolder each : folders) {
      try (each) {
        EmbeddedRedis.endOrphans(each.path().resolve("redis"));
        log.info("removing the temporary folder of a killed farm: {}", each.path());
      } catch (IOException | UncheckedIOException | EmbeddedException e) {
        log.warn("{}: cannot be removed: {}", each.path(), e.toString());
      }
    }
  }
}
