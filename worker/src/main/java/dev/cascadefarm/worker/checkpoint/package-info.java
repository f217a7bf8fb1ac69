/**
 * When running samples are written down: often enough that a lost worker costs little, seldom
 * enough that an undisturbed one does not notice.
 */
@NullMarked
package dev.cascadefarm.worker.checkpoint;

import org.jspecify.annotations.NullMarked;
