/** Measurements: each class answers one question, and its Javadoc holds the command. */
@NullMarked
package dev.cascadefarm.benchmark;

import org.jspecify.annotations.NullMarked;
