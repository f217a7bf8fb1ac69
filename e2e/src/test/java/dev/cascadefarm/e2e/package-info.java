/** Tests of the whole system, its architecture and its deployment; never published. */
@NullMarked
package dev.cascadefarm.e2e;

import org.jspecify.annotations.NullMarked;
