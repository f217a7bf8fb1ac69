/** Audits of the queue: as a chore of every coordinator, and when an operator asks. */
@NullMarked
@CheckReturnValue
package dev.cascadefarm.coordinator.audit;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
