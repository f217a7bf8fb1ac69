package dev.cascadefarm.standalone.install;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Where a stage's weights come from.
 *
 * @param licence SPDX identifier, or {@code NOASSERTION}
 * @param provenance command, data, settings
 */
public record Origin(String licence, ObjectNode provenance) {}
