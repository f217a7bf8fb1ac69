/** A coordinator over real HTTP, a real Redis and a real store. */
@NullMarked
package dev.cascadefarm.coordinator;

import org.jspecify.annotations.NullMarked;
