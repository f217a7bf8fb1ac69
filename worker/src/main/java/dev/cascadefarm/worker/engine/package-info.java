/**
 * The one thread of a process on which models run, what takes turns on it, and the watchdog that
 * ends the process when a native call does not come back.
 */
@NullMarked
package dev.cascadefarm.worker.engine;

import org.jspecify.annotations.NullMarked;
