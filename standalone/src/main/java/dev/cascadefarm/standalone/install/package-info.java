/**
 * What this project's own stages look like in a catalogue, and how a cascade gets there whole or
 * not at all.
 */
@NullMarked
package dev.cascadefarm.standalone.install;

import org.jspecify.annotations.NullMarked;
