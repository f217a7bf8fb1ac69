/** Waiting and trying again: growing, jittered delays with an end. */
@NullMarked
package dev.cascadefarm.worker.retry;

import org.jspecify.annotations.NullMarked;
