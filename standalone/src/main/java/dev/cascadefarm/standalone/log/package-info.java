/** Where log lines go: the error stream, quietly, and a file if one is asked for. */
@NullMarked
package dev.cascadefarm.standalone.log;

import org.jspecify.annotations.NullMarked;
