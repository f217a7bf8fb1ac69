/**
 * JSON Schema checks whose faults are made for people: each names the field, what was found and
 * what was expected, derived from the schema itself.
 */
@NullMarked
package dev.cascadefarm.common.schema;

import org.jspecify.annotations.NullMarked;
