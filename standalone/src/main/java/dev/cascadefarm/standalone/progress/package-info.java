/**
 * What a person sees while a job runs: one bar per stage on a terminal, plain lines elsewhere.
 * Always on the error stream, so that the output stays pipeable.
 */
@NullMarked
package dev.cascadefarm.standalone.progress;

import org.jspecify.annotations.NullMarked;
