/** Brings pipelines that diffusers saved into a catalogue, one bundle for each part. */
@NullMarked
package dev.cascadefarm.standalone.diffusers;

import org.jspecify.annotations.NullMarked;
