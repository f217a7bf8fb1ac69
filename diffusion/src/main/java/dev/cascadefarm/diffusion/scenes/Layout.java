package dev.cascadefarm.diffusion.scenes;

/** Where the objects of a scene are: a {@link Position} for one, a {@link Relation} for two. */
public sealed interface Layout permits Position, Relation {
  /** Number of objects it places. */
  int objectCount();

  /** Nominal column of an object's centre in canvas pixels. */
  int centreX(int object);

  /** Nominal row of an object's centre in canvas pixels. */
  int centreY(int object);

  /** Words of the caption. */
  String words();
}
