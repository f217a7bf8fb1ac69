/**
 * Pictures that people bring: what comes in is checked by its content, decoded within bounds and
 * off the event loops, and kept as one square, 8-bit RGB PNG, named by its SHA-256.
 */
@NullMarked
package dev.cascadefarm.coordinator.upload;

import org.jspecify.annotations.NullMarked;
