package dev.cascadefarm.diffusion.scenes;

import dev.cascadefarm.diffusion.scenes.Reading.Seen;
import dev.cascadefarm.diffusion.scenes.Verdict.ObjectVerdict;
import java.util.ArrayList;
import java.util.List;

/**
 * Judge that reads a picture back and compares it with its caption. Nothing in it is learned and
 * equal pictures get equal verdicts. Outlines and colours are read at 16 pixels, bold textures at
 * 64 and fine ones at 256; in a smaller picture they have to look plain. Stateless and thread-safe.
 */
public final class AlignmentOracle {
  private static final int READING_SIDE = 16;

  /** Canvas pixels that a centre may be off beyond what the sampler itself moves it. */
  private static final int TOLERANCE = 3;

  private static final int SINGLE_JITTER = 3;
  private static final int PAIR_JITTER = 2;

  private AlignmentOracle() {}

  /**
   * Reads a picture without knowing its caption.
   *
   * @throws IllegalArgumentException if the side is not a multiple of 16
   */
  public static Reading read(ScenePicture picture) {
    if (picture.side() % READING_SIDE != 0) {
      throw new IllegalArgumentException(
          "side: " + picture.side() + " (expected: a multiple of " + READING_SIDE + ")");
    }
    return new SceneReader(picture).read();
  }

  /**
   * Judges a picture by a caption.
   *
   * @throws CaptionException if the caption is not in the grammar
   */
  public static Verdict judge(ScenePicture picture, String caption) {
    return judge(read(picture), CaptionParser.parse(caption));
  }

  /** Judges a reading by what a caption can say of the scene; exact offsets do not matter. */
  public static Verdict judge(Reading reading, Scene scene) {
    List<Integer> order = order(scene);
    List<ObjectVerdict> objects = new ArrayList<>();
    boolean count = reading.count() == scene.objects().size();
    boolean place = count && axisMatches(reading, scene);
    for (int i = 0; i < scene.objects().size(); i++) {
      int slot = order.get(i);
      if (slot < reading.objects().size()) {
        Seen seen = reading.objects().get(slot);
        objects.add(compare(seen, scene.objects().get(i), reading.showsFine()));
        place &= near(seen, scene.layout(), i);
      } else {
        objects.add(ObjectVerdict.MISSING);
        place = false;
      }
    }
    return new Verdict(reading.background() == scene.background(), count, place, objects);
  }

  /** Where each object of the scene stands among the seen: the left or the upper one is first. */
  private static List<Integer> order(Scene scene) {
    if (scene.layout() instanceof Relation relation) {
      boolean firstLeads = relation == Relation.LEFT_OF || relation == Relation.ABOVE;
      return firstLeads ? List.of(0, 1) : List.of(1, 0);
    }
    return List.of(0);
  }

  private static boolean axisMatches(Reading reading, Scene scene) {
    return !(scene.layout() instanceof Relation relation)
        || relation.horizontal() == reading.sideBySide();
  }

  private static boolean near(Seen seen, Layout layout, int index) {
    int jitter = layout.objectCount() == 1 ? SINGLE_JITTER : PAIR_JITTER;
    int offX = Math.abs(seen.centreX() - layout.centreX(index));
    int offY = Math.abs(seen.centreY() - layout.centreY(index));
    return Math.max(offX, offY) <= jitter + TOLERANCE;
  }

  private static ObjectVerdict compare(Seen seen, SceneObject object, boolean showsFine) {
    boolean judged = seen.texture() != null && object.shape().carriesTexture(object.size());
    boolean hidden = object.texture().fine() && !showsFine;
    Texture expected = hidden ? Texture.PLAIN : object.texture();
    return new ObjectVerdict(
        seen.shape() == object.shape(),
        seen.size() == object.size(),
        seen.colour() == object.colour(),
        judged ? Boolean.valueOf(seen.texture() == expected) : null);
  }
}
