/** Pictures on the user's disk: where they go, and that they are whole or absent. */
@NullMarked
package dev.cascadefarm.standalone.pictures;

import org.jspecify.annotations.NullMarked;
