package dev.cascadefarm.standalone.diffusers;

import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.standalone.install.CascadeInstallation;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** What a pipeline of one family becomes; all but its weights has been read. Immutable. */
interface PipelinePlan {
  /** The cascades, over the bundles that {@link #write} writes. */
  List<Cascade> cascades();

  /** Parts that the folder holds and that are not imported. */
  List<String> skipped();

  /**
   * Writes the bundles; weights pass through memory a tensor at a time.
   *
   * @param reports hears a line for every bundle
   */
  void write(CascadeInstallation installation, Consumer<String> reports) throws IOException;
}
