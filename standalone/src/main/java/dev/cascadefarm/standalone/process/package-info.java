/**
 * The farm's processes, put together: the embedded services, a coordinator, a worker, or all of
 * them in one. Whatever was started is stopped in reverse order.
 */
@NullMarked
package dev.cascadefarm.standalone.process;

import org.jspecify.annotations.NullMarked;
