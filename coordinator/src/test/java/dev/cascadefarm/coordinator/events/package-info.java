/** Feeds against a log and a client that do as they are told. */
@NullMarked
package dev.cascadefarm.coordinator.events;

import org.jspecify.annotations.NullMarked;
