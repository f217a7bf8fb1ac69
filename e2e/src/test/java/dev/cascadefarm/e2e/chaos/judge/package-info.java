/**
 * The judge of a history: plain code that shares nothing with the farm, not even a name of its
 * classes. It knows the file that a run wrote, the HTTP API's JSON, and how objects are named.
 */
@NullMarked
package dev.cascadefarm.e2e.chaos.judge;

import org.jspecify.annotations.NullMarked;
