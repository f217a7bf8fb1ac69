/** Brings what MinImagen trained into a catalogue. */
@NullMarked
package dev.cascadefarm.standalone.minimagen;

import org.jspecify.annotations.NullMarked;
