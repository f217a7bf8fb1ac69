/** Noise schedules: how much signal is left at each of {@code T} timesteps. Pure Java doubles. */
@NullMarked
package dev.cascadefarm.diffusion.schedule;

import org.jspecify.annotations.NullMarked;
