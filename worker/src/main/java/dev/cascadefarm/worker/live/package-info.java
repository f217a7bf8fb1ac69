/**
 * What watchers see between two state events: conflated progress and small previews. Losing any of
 * it changes nothing.
 */
@NullMarked
package dev.cascadefarm.worker.live;

import org.jspecify.annotations.NullMarked;
