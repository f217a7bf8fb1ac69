/**
 * The running batch of one stage on the engine thread: samples join between two ticks, every tick
 * advances all of them by one row, and those that are done or dropped leave.
 */
@NullMarked
package dev.cascadefarm.worker.batch;

import org.jspecify.annotations.NullMarked;
