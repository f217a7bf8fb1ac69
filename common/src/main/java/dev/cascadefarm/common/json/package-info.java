/** The farm's JSON dialect. */
@NullMarked
package dev.cascadefarm.common.json;

import org.jspecify.annotations.NullMarked;
