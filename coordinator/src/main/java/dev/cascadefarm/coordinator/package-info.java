/** The coordinator: takes jobs over HTTP, tells of them, and returns lost leases to the queue. */
@NullMarked
package dev.cascadefarm.coordinator;

import org.jspecify.annotations.NullMarked;
