/**
 * A TCP proxy in the test process, in front of a real Redis or a real S3 store, that does to
 * traffic what networks and servers do on bad days: a {@link Link} is how bytes travel, a {@link
 * Rule} says which exchange meets which {@link Mishap}. Chances come from a seed.
 */
@NullMarked
package dev.cascadefarm.testing.fault;

import org.jspecify.annotations.NullMarked;
