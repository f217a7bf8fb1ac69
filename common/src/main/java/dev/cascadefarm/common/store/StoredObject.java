package dev.cascadefarm.common.store;

import java.time.Instant;

/**
 * What the store itself knows of an object.
 *
 * @param key where it lies in the bucket
 * @param size in bytes
 * @param modified when it was written, by the store's clock
 */
public record StoredObject(String key, long size, Instant modified) {}
