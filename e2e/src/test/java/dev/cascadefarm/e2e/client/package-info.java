/**
 * A client of the farm that shares no code with the product: plain HTTP and WebSocket of the JDK.
 * It keeps what it heard as it heard it, so that it can bear witness.
 */
@NullMarked
package dev.cascadefarm.e2e.client;

import org.jspecify.annotations.NullMarked;
