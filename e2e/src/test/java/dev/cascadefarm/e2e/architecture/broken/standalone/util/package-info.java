/** Classes that break a rule of the architecture. */
@NullMarked
package dev.cascadefarm.e2e.architecture.broken.standalone.util;

import org.jspecify.annotations.NullMarked;
