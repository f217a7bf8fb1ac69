/** Tests of the pictures that people bring. */
@NullMarked
package dev.cascadefarm.coordinator.upload;

import org.jspecify.annotations.NullMarked;
