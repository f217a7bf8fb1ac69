/** Classes that break a rule of the architecture. */
@NullMarked
package dev.cascadefarm.e2e.architecture.broken.common.queue;

import org.jspecify.annotations.NullMarked;
