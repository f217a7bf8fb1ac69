/**
 * Watching jobs. The job's log in Redis is the only buffer: a watcher's feed reads it from its own
 * cursor, and only while the watcher keeps up. Hints from the bus make feeds look sooner; a timer
 * makes them look anyway.
 */
@NullMarked
package dev.cascadefarm.coordinator.events;

import org.jspecify.annotations.NullMarked;
