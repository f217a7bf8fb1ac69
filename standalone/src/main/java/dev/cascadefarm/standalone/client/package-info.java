/**
 * The farm's HTTP and WebSocket API as a client sees it. A client knows one or several coordinators
 * and goes on with another one when the present one fails; events continue where they stopped.
 */
@NullMarked
package dev.cascadefarm.standalone.client;

import org.jspecify.annotations.NullMarked;
