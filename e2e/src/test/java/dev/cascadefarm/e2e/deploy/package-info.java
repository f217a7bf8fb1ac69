/** What is deployed says only what the farm understands, and runs as it is written. */
@NullMarked
package dev.cascadefarm.e2e.deploy;

import org.jspecify.annotations.NullMarked;
