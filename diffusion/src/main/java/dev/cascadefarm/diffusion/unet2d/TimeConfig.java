package dev.cascadefarm.diffusion.unet2d;

import dev.cascadefarm.diffusion.diffusers.Activation;
import org.jspecify.annotations.Nullable;

/**
 * How a timestep becomes an embedding.
 *
 * @param waves sines and cosines together
 * @param cosinesFirst whether the cosines stand first
 * @param frequencyShift subtracted from the count of frequencies that spans the periods
 * @param width of the embedding
 * @param activation between its two linear layers
 * @param after the second; absent if none
 * @param last once labels and text have been added; absent if none
 */
record TimeConfig(
    int waves,
    boolean cosinesFirst,
    double frequencyShift,
    int width,
    Activation activation,
    @Nullable Activation after,
    @Nullable Activation last) {}
