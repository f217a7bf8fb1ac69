/** The HTTP API: one small handler for each operation of the contract. */
@NullMarked
package dev.cascadefarm.coordinator.api;

import org.jspecify.annotations.NullMarked;
