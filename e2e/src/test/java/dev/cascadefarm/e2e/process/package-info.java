/**
 * The farm as its users start it: real processes of the {@code farm} command line, with their
 * environment, their output and their end. Whatever a test started is gone when the test is over.
 */
@NullMarked
package dev.cascadefarm.e2e.process;

import org.jspecify.annotations.NullMarked;
