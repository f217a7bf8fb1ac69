/**
 * The queue as it should be, and the test that compares the real one with it: random sequences of
 * commands, every reply predicted. Nothing here shares code with the scripts or the queue's classes
 * besides its public records.
 */
@NullMarked
package dev.cascadefarm.common.queue.model;

import org.jspecify.annotations.NullMarked;
