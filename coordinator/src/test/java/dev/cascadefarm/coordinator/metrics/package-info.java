/** Tests of the queue's measurements. */
@NullMarked
package dev.cascadefarm.coordinator.metrics;

import org.jspecify.annotations.NullMarked;
