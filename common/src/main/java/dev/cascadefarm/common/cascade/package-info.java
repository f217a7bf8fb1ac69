/**
 * Cascades and the stage bundles that fill them: what a catalogue folder holds, how a bundle
 * describes its model, and how a job's settings are checked against it.
 */
@NullMarked
package dev.cascadefarm.common.cascade;

import org.jspecify.annotations.NullMarked;
