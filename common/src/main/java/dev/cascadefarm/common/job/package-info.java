/** Jobs and tasks: what was asked for, how it is split, the states both pass through. */
@NullMarked
package dev.cascadefarm.common.job;

import org.jspecify.annotations.NullMarked;
