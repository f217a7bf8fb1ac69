/** Strict reading of JSON objects that people write: recipes, arguments of models. */
@NullMarked
package dev.cascadefarm.diffusion.json;

import org.jspecify.annotations.NullMarked;
