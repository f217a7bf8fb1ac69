/**
 * What the farm's processes tell each other in passing: hints, progress, previews. Delivery is at
 * most once and nothing correct depends on it; Redis holds the truth.
 */
@NullMarked
package dev.cascadefarm.common.bus;

import org.jspecify.annotations.NullMarked;
