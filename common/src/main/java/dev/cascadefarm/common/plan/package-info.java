/** From what a client asks for to a job with everything pinned. */
@NullMarked
package dev.cascadefarm.common.plan;

import org.jspecify.annotations.NullMarked;
