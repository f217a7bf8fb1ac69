package dev.cascadefarm.standalone.install;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.BundleWriter;
import dev.cascadefarm.common.cascade.StageBundle;
import java.nio.file.Path;
import java.util.Map;

/** A bundle on its way into a folder: first its files come to lie there, then its description. */
public record BundleDraft(Path folder, BundleId id, Origin origin) {
  private static final int SAMPLES_PER_CALL = 1;
  private static final String PRECISION = "float32";

  /** A bundle on its way into a catalogue. */
  public static BundleDraft in(Path catalogue, BundleId id, Origin origin) {
    return new BundleDraft(BundleWriter.folder(catalogue, id), id, origin);
  }

  /** Describes the files that lie in the folder. */
  public StageBundle seal(StageEnds ends, StageModel model) {
    return BundleWriter.seal(folder, describe(id, origin, ends, model));
  }

  /** A bundle's description, without the hashes of its files. */
  public static StageBundle describe(BundleId id, Origin origin, StageEnds ends, StageModel model) {
    return new StageBundle(
        id,
        model.kind(),
        ends.per(),
        ends.inputs(),
        ends.outputs(),
        ends.side(),
        SAMPLES_PER_CALL,
        model.settings(),
        model.architecture(),
        model.diffusion(),
        PRECISION,
        Map.of(),
        origin.licence(),
        origin.provenance());
  }
}
