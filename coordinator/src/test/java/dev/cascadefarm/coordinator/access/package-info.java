/** Tests of tokens and their file. */
@NullMarked
package dev.cascadefarm.coordinator.access;

import org.jspecify.annotations.NullMarked;
