/**
 * Recipes: what a cascade is trained on, stage by stage, as a person writes it down. Read strictly:
 * a key that is unknown, missing or out of range is refused by its path.
 */
@NullMarked
package dev.cascadefarm.diffusion.recipe;

import org.jspecify.annotations.NullMarked;
