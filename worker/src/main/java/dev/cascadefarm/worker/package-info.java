/**
 * The farm's worker: one process, one stage bundle, one device. It claims tasks, runs their samples
 * in one batch row by row, stores what they drew and reports.
 */
@NullMarked
package dev.cascadefarm.worker;

import org.jspecify.annotations.NullMarked;
