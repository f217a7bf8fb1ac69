/**
 * Models written once, in Java, and run as TorchScript. A model is a plain function over symbolic
 * {@link dev.cascadefarm.diffusion.graph.Tensor tensors}; running the function once writes the text
 * of a method, and {@link dev.cascadefarm.diffusion.graph.Archive} packs text and weights into the
 * file that libtorch loads. No engine is needed here.
 *
 * <p>Shapes: {@code B} batch, {@code C} channels, {@code H, W} pixels, {@code N} tokens, {@code E}
 * embedding. A size that is known only when the model runs is {@link
 * dev.cascadefarm.diffusion.graph.Tensor#ANY}.
 */
@NullMarked
package dev.cascadefarm.diffusion.graph;

import org.jspecify.annotations.NullMarked;
