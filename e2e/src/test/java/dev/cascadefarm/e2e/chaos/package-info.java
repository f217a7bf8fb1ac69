/**
 * A farm of real processes that are killed, paused and started again by a seeded schedule while
 * clients submit and watch jobs. What everybody saw goes into one file, which {@code judge} reads.
 */
@NullMarked
package dev.cascadefarm.e2e.chaos;

import org.jspecify.annotations.NullMarked;
