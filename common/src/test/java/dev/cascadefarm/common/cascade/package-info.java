@NullMarked
package dev.cascadefarm.common.cascade;

import org.jspecify.annotations.NullMarked;
