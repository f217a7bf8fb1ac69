@NullMarked
package dev.cascadefarm.common.schema;

import org.jspecify.annotations.NullMarked;
