package dev.cascadefarm.diffusion.scenes;

import dev.cascadefarm.diffusion.scenes.ObjectFinder.Region;
import dev.cascadefarm.diffusion.scenes.Reading.Seen;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One reading of one picture: background from the border, then the cheapest explanation by one
 * object, by two side by side or by two one above the other. Not thread-safe.
 */
final class SceneReader {
  private static final int SIDE = 16;
  private static final int CELLS = SIDE * SIDE;

  /** A second object must explain at least this much squared difference. */
  private static final double PAIR_GAIN = 0.5;

  private static final double MIN_CONTRAST = 0.2;
  private static final double MAX_COLOUR_DISTANCE = 0.3;
  private static final double MAX_BACKGROUND_DISTANCE = 0.2;
  private static final double STRAY_CONTRAST = 0.3;
  private static final int STRAY_CELLS = 3;

  private final ScenePicture picture;
  private final ScenePicture small;
  private final double[] background;
  private final double[] difference;

  SceneReader(ScenePicture picture) {
    this.picture = picture;
    this.small = picture.shrunk(SIDE);
    this.background = border(small);
    this.difference = difference(small, background);
  }

  Reading read() {
    ObjectFinder finder = new ObjectFinder(difference);
    List<ObjectFit> one = List.of(finder.best(Region.WHOLE));
    List<ObjectFit> across = List.of(finder.best(Region.LEFT), finder.best(Region.RIGHT));
    List<ObjectFit> down = List.of(finder.best(Region.TOP), finder.best(Region.BOTTOM));
    List<ObjectFit> two = pairGain(across) >= pairGain(down) ? across : down;
    List<ObjectFit> best = pairGain(two) > one.get(0).gain() + PAIR_GAIN ? two : one;
    List<ObjectFit> clear = best.stream().filter(fit -> fit.contrast() > MIN_CONTRAST).toList();
    int count = clear.size() + (strayCells(clear) >= STRAY_CELLS ? 3 : 0);
    return new Reading(
        nearestBackground(),
        Math.min(3, count),
        clear.stream().map(this::seen).toList(),
        best == across,
        TextureReader.seesFine(picture));
  }

  /** What both objects explain together; nothing unless both stand out. */
  private static double pairGain(List<ObjectFit> pair) {
    boolean clear = pair.stream().allMatch(fit -> fit.contrast() > MIN_CONTRAST);
    return clear ? pair.get(0).gain() + pair.get(1).gain() : 0;
  }

  private Seen seen(ObjectFit fit) {
    ObjectTemplate template = fit.template();
    return new Seen(
        template.shape(),
        template.size(),
        nearestColour(fit),
        picture.side() % Scene.CANVAS_SIDE == 0 ? TextureReader.read(picture, fit) : null,
        fit.centreX(),
        fit.centreY());
  }

  private @Nullable Colour nearestColour(ObjectFit fit) {
    Colour nearest = null;
    double least = MAX_COLOUR_DISTANCE;
    for (Colour colour : Colour.values()) {
      double squares = 0;
      for (int channel = 0; channel < 3; channel++) {
        double seen = background[channel] + fit.channel(channel);
        double error = seen - colour.level(channel) / 1e4;
        squares += error * error;
      }
      if (Math.sqrt(squares) < least) {
        least = Math.sqrt(squares);
        nearest = colour;
      }
    }
    return nearest;
  }

  private @Nullable Background nearestBackground() {
    for (Background candidate : Background.values()) {
      double level = candidate.level() / 1e4;
      double farthest = Arrays.stream(background).map(b -> Math.abs(b - level)).max().orElse(1);
      if (farthest < MAX_BACKGROUND_DISTANCE) {
        return candidate;
      }
    }
    return null;
  }

  /** Cells that stand out although no recognised object is in them or beside them. */
  private int strayCells(List<ObjectFit> fits) {
    boolean[] near = new boolean[CELLS];
    fits.forEach(fit -> markNear(near, fit));
    int stray = 0;
    for (int cell = 0; cell < CELLS; cell++) {
      double red = difference[cell];
      double green = difference[CELLS + cell];
      double blue = difference[2 * CELLS + cell];
      double contrast = Math.sqrt(red * red + green * green + blue * blue);
      stray += !near[cell] && contrast > STRAY_CONTRAST ? 1 : 0;
    }
    return stray;
  }

  private static void markNear(boolean[] near, ObjectFit fit) {
    int left = fit.template().firstCell(fit.centreX()) - 1;
    int top = fit.template().firstCell(fit.centreY()) - 1;
    int width = fit.template().width() + 2;
    for (int i = 0; i < width * width; i++) {
      int y = top + i / width;
      int x = left + i % width;
      if (y >= 0 && y < SIDE && x >= 0 && x < SIDE) {
        near[y * SIDE + x] = true;
      }
    }
  }

  private static double[] difference(ScenePicture small, double[] background) {
    double[] difference = new double[3 * CELLS];
    for (int i = 0; i < difference.length; i++) {
      int channel = i / CELLS;
      difference[i] = small.at(channel, i / SIDE % SIDE, i % SIDE) - background[channel];
    }
    return difference;
  }

  /** Median of the outermost pixels, per channel. */
  private static double[] border(ScenePicture small) {
    double[] medians = new double[3];
    for (int channel = 0; channel < 3; channel++) {
      int fixed = channel;
      double[] values =
          Stream.iterate(0, i -> i < SIDE, i -> i + 1)
              .flatMap(
                  i ->
                      Stream.of(
                          small.at(fixed, 0, i),
                          small.at(fixed, SIDE - 1, i),
                          small.at(fixed, i, 0),
                          small.at(fixed, i, SIDE - 1)))
              .mapToDouble(Float::doubleValue)
              .sorted()
              .toArray();
      medians[channel] = (values[values.length / 2 - 1] + values[values.length / 2]) / 2;
    }
    return medians;
  }
}
