/** What the queue holds, as measurements. */
@NullMarked
package dev.cascadefarm.coordinator.metrics;

import org.jspecify.annotations.NullMarked;
