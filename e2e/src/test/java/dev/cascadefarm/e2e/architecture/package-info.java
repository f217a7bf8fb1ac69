/**
 * Who may know whom, and what no production class may do. Every rule is also tried on classes that
 * break it.
 */
@NullMarked
package dev.cascadefarm.e2e.architecture;

import org.jspecify.annotations.NullMarked;
