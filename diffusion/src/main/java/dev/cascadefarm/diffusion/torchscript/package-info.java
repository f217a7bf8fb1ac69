/**
 * TorchScript files that others wrote, as guests of our graphs: what a file must be, what a call of
 * it takes and gives, and how it gets into one archive with the program that calls it. Nothing here
 * runs a file.
 */
@NullMarked
package dev.cascadefarm.diffusion.torchscript;

import org.jspecify.annotations.NullMarked;
