package dev.cascadefarm.diffusion.unet2d;

/**
 * What is made of the tokens.
 *
 * @param width of a token as it comes in
 * @param projection width of a token as the attentions see it; 0 if it is not projected
 * @param poolingHeads of the attention that pools the tokens into the time's embedding; 0 if none
 */
record TextConfig(int width, int projection, int poolingHeads) {}
