/** What a worker counts and times, so that it can be said where a task's time goes. */
@NullMarked
package dev.cascadefarm.worker.metrics;

import org.jspecify.annotations.NullMarked;
