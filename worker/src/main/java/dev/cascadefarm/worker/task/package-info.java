/**
 * A task's way through a worker: claimed, its inputs fetched, its sample run in the batch, its
 * outputs stored, its completion reported. Everything here is confined to the event-loop context of
 * one {@link dev.cascadefarm.worker.task.StageHost} and waits for nothing.
 */
@NullMarked
package dev.cascadefarm.worker.task;

import org.jspecify.annotations.NullMarked;
