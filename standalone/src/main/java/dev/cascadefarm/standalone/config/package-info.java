/**
 * The farm's configuration: one table of settings, read from {@code farm.yaml}, the {@code FARM_*}
 * environment and flags, in rising precedence, and handed to the modules as their own records. An
 * unknown or malformed key stops the start.
 */
@NullMarked
package dev.cascadefarm.standalone.config;

import org.jspecify.annotations.NullMarked;
