@NullMarked
package dev.cascadefarm.coordinator.reap;

import org.jspecify.annotations.NullMarked;
