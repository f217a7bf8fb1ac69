package dev.cascadefarm.standalone.progress;

/**
 * How much work a stage is.
 *
 * @param tasks one per image, or one for the job
 * @param steps of one task, at least 1
 */
public record StageSize(int tasks, int steps) {}
