package dev.cascadefarm.diffusion.unet2d;

import dev.cascadefarm.diffusion.graph.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What steers the blocks of a pass.
 *
 * @param embedding of time, labels and pooled text {@code (B, E)}
 * @param tokens what attentions attend to {@code (B, N, E)}; absent in an unconditional network
 * @param shift added to the logits of the tokens, large and negative for hidden ones {@code (B, 1,
 *     1, N)}; absent if all are seen
 */
record Conditions(Tensor embedding, @Nullable Tensor tokens, @Nullable Tensor shift) {}
