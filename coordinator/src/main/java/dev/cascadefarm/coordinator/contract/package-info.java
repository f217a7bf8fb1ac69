/** The OpenAPI document: published whole, and the measure of every request. */
@NullMarked
package dev.cascadefarm.coordinator.contract;

import org.jspecify.annotations.NullMarked;
