/**
 * The Python tier of whole farms: pipelines that diffusers saved, imported and drawn by a farm,
 * against diffusers itself.
 */
@NullMarked
package dev.cascadefarm.standalone.python;

import org.jspecify.annotations.NullMarked;
