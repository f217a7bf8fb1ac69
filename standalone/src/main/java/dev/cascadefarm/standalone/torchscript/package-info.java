/** Imports TorchScript files whose signature somebody described: one file, one stage. */
@NullMarked
package dev.cascadefarm.standalone.torchscript;

import org.jspecify.annotations.NullMarked;
