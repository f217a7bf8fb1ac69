package dev.cascadefarm.e2e.chaos;

import java.time.Duration;

/**
 * One entry of a schedule.
 *
 * @param after time since the fault before
 * @param victim which of those that it may strike, counted round and round
 * @param length until what was killed is started again, or what was paused goes on
 */
record Fault(Kind kind, Duration after, int victim, Duration length) {}
