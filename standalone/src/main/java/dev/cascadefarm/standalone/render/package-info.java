/** Rendering as a client does it: submit, follow, fetch the pictures. */
@NullMarked
package dev.cascadefarm.standalone.render;

import org.jspecify.annotations.NullMarked;
