package dev.cascadefarm.standalone.diffusers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.standalone.install.Origin;

/**
 * The name under which a pipeline is imported, and how its bundles are called after it.
 *
 * @param name of the first cascade
 */
record ImportedName(String name) {
  /** Of cascades and bundles. */
  static final int VERSION = 1;

  /** Nobody has said under which licence the weights are. */
  private static final String LICENCE = "NOASSERTION";

  /** The bundle of a stage. */
  BundleId bundle(String stage) {
    return new BundleId(name + "-" + stage, VERSION);
  }

  /** Where a bundle's weights come from. */
  Origin origin(PipelineFolder source, String part) {
    ObjectNode provenance =
        WireJson.object()
            .put("command", "farm import diffusers --name " + name)
            .put("pipeline", source.path().toAbsolutePath().normalize().getFileName().toString())
            .put("part", part);
    provenance.set("licence_files", WireJson.MAPPER.valueToTree(source.licences()));
    return new Origin(LICENCE, provenance);
  }
}
