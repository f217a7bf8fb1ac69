package dev.cascadefarm.worker.transfer;

/**
 * Outputs that lie in the store, checked.
 *
 * @param manifest store key of the manifest
 * @param encodedNanos when they were files in memory, by {@link System#nanoTime}
 * @param uploadedNanos when everything was stored and checked
 */
public record Published(String manifest, long encodedNanos, long uploadedNanos) {}
