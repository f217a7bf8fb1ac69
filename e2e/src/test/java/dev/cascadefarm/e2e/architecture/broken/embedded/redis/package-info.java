/** Classes that break a rule of the architecture. */
@NullMarked
package dev.cascadefarm.e2e.architecture.broken.embedded.redis;

import org.jspecify.annotations.NullMarked;
