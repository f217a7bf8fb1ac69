/**
 * What the tests of the Python tier share: the process that they ask, and the seed from which they
 * draw. The script it runs, and the packages it needs, are in the diffusion module's tests.
 */
@NullMarked
package dev.cascadefarm.testing.python;

import org.jspecify.annotations.NullMarked;
