/** Tests of the proxy itself, in front of a small server that counts. */
@NullMarked
package dev.cascadefarm.testing.fault;

import org.jspecify.annotations.NullMarked;
