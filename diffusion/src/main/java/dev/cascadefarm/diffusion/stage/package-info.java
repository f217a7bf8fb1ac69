/**
 * A stage's model behind one interface: samples are begun from inputs, advanced row by row in any
 * company, and give outputs. Everything that crosses it lies in host memory; tensors of the engine
 * never leave a runner.
 */
@NullMarked
package dev.cascadefarm.diffusion.stage;

import org.jspecify.annotations.NullMarked;
