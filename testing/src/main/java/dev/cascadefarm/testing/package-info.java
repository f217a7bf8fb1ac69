/**
 * What the tests of all modules share: one embedded Redis and one embedded S3 store per test
 * process, other processes to kill, and the line that each test tier prints when it ends.
 */
@NullMarked
package dev.cascadefarm.testing;

import org.jspecify.annotations.NullMarked;
