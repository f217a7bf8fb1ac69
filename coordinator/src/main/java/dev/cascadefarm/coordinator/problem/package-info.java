/** Errors as problem documents (RFC 9457): what is wrong, where, and what was expected. */
@NullMarked
package dev.cascadefarm.coordinator.problem;

import org.jspecify.annotations.NullMarked;
