/**
 * The procedural scenes that the default cascade learns: a sampler of scenes, their exact pictures
 * and captions, and an oracle that reads a picture back. Everything here is integer geometry or
 * fixed-order arithmetic in plain Java, so a scene, its pixels and its verdict are the same on
 * every machine. Pictures are float arrays of shape {@code (3, H, W)} with values in [0, 1].
 */
@NullMarked
package dev.cascadefarm.diffusion.scenes;

import org.jspecify.annotations.NullMarked;
