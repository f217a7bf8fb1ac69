/**
 * The thin edge to libtorch: loading an emitted model and calling its methods with host tensors.
 * All calls of a process come from one thread.
 */
@NullMarked
package dev.cascadefarm.diffusion.engine;

import org.jspecify.annotations.NullMarked;
