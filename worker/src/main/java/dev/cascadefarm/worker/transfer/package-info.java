/**
 * Artifacts in and out of a task: inputs are fetched, checked and decoded; outputs are encoded,
 * stored and checked. Coding never runs on an event loop or on the engine thread.
 */
@NullMarked
package dev.cascadefarm.worker.transfer;

import org.jspecify.annotations.NullMarked;
