/**
 * The {@code farm} command line. Exit codes: 0 done, 1 failed, 2 bad usage; what a script wants is
 * on the output stream, everything for people on the error stream.
 */
@NullMarked
package dev.cascadefarm.standalone.cli;

import org.jspecify.annotations.NullMarked;
