package dev.cascadefarm.worker.metrics;

import dev.cascadefarm.common.job.TaskId;

/**
 * The times of one completed task, by {@link System#nanoTime}; comparable inside one process only.
 *
 * @param rows rows it ran
 * @param claimSent when the claim that brought it was sent
 * @param claimed when the claim was answered
 * @param inputsReady when its inputs were fetched, decoded and handed to the engine
 * @param firstRow when the tick of its first row started
 * @param lastRow when the tick of its last row ended
 * @param encoded when its outputs were files in memory
 * @param uploaded when files and manifest were in the store, checked
 * @param committed when the queue had taken its completion
 */
public record TaskTrace(
    TaskId id,
    int rows,
    long claimSent,
    long claimed,
    long inputsReady,
    long firstRow,
    long lastRow,
    long encoded,
    long uploaded,
    long committed) {}
