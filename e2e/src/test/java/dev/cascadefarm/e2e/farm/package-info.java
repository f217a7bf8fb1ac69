/** What a farm of real processes keeps of its promises, whatever is killed. */
@NullMarked
package dev.cascadefarm.e2e.farm;

import org.jspecify.annotations.NullMarked;
