package dev.cascadefarm.diffusion.graph;

/** Element types of symbolic tensors. */
public enum DType {
  FLOAT32,
  INT64,
  BOOL
}
