/**
 * Pictures at the edge of the worker: tensors in [0, 1] become 8-bit PNG files and back. Equal
 * pictures with equal words give equal bytes.
 *
 * <p>Shapes: {@code H, W} pixels; a picture is {@code (3, H, W)}.
 */
@NullMarked
package dev.cascadefarm.worker.image;

import org.jspecify.annotations.NullMarked;
