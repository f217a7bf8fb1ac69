/**
 * Captioned pictures to learn from: one small interface over folders of pictures, IDX files and
 * drawn scenes. Everything is checked before the first step of a training; which example comes when
 * is a function of seed and position alone, so that a resumed run needs nothing but its step.
 */
@NullMarked
package dev.cascadefarm.diffusion.data;

import org.jspecify.annotations.NullMarked;
