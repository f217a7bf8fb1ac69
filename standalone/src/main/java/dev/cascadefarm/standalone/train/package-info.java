/** Makes cascades from recipes: trains their stages and installs the results as bundles. */
@NullMarked
package dev.cascadefarm.standalone.train;

import org.jspecify.annotations.NullMarked;
