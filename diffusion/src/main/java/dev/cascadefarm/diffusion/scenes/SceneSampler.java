package dev.cascadefarm.diffusion.scenes;

import java.util.Arrays;
import java.util.List;

/**
 * Endless list of scenes: scene i depends on the seed, the split and i alone. Immutable and
 * thread-safe.
 *
 * @param twoObjectShare share of scenes with two objects, in [0, 1]
 * @param textures that objects may have
 */
public record SceneSampler(long seed, Split split, double twoObjectShare, Textures textures) {
  private static final int SHARE_STEPS = 1 << 20;

  /** Which pairs of shape and colour a sampler draws. */
  public enum Split {
    /** Pairs of the training set. */
    TRAIN(0),
    /** The same pairs as in training, in scenes of their own. */
    SEEN(1),
    /** At least one object is a pair that training never shows. */
    HELD_OUT(2);

    private final int stream;

    Split(int stream) {
      this.stream = stream;
    }
  }

  public SceneSampler {
    if (!(twoObjectShare >= 0 && twoObjectShare <= 1)) {
      throw new IllegalArgumentException(
          "two-object share: " + twoObjectShare + " (expected: 0..1)");
    }
  }

  /** Scene number {@code index}. */
  public Scene scene(long index) {
    SceneRandom random = new SceneRandom(seed, split.stream, index);
    Background background = random.pick(Background.values());
    return random.below(SHARE_STEPS) < twoObjectShare * SHARE_STEPS
        ? pair(random, background)
        : single(random, background);
  }

  private Scene single(SceneRandom random, Background background) {
    Position position = random.pick(Position.values());
    SceneObject object = object(random, split == Split.HELD_OUT ? Pairs.HELD : Pairs.SEEN);
    SceneObject placed = object.moved(random.between(-3, 3), random.between(-3, 3));
    return new Scene(background, position, List.of(placed));
  }

  private Scene pair(SceneRandom random, Background background) {
    Relation relation = random.pick(Relation.values());
    int held = split == Split.HELD_OUT ? random.below(2) : -1;
    Pairs others = split == Split.HELD_OUT ? Pairs.ANY : Pairs.SEEN;
    SceneObject first = object(random, held == 0 ? Pairs.HELD : others);
    SceneObject second = object(random, held == 1 ? Pairs.HELD : others);
    return new Scene(
        background,
        relation,
        List.of(jitter(random, first, relation, 0), jitter(random, second, relation, 1)));
  }

  /** Large objects move outwards only, so that two of them never touch. */
  private static SceneObject jitter(
      SceneRandom random, SceneObject object, Relation relation, int index) {
    int outwards = random.between(object.size() == Size.LARGE ? 0 : -2, 2);
    int across = random.between(-2, 2);
    int middle = Scene.CANVAS_SIDE / 2;
    return relation.horizontal()
        ? object.moved(outwards * Integer.signum(relation.centreX(index) - middle), across)
        : object.moved(across, outwards * Integer.signum(relation.centreY(index) - middle));
  }

  private SceneObject object(SceneRandom random, Pairs pairs) {
    Shape shape = random.pick(Shape.values());
    Colour colour = pairs.colour(random, shape);
    Size size = random.pick(Size.values());
    Texture drawn = textures.draw(random);
    Texture texture = shape.carriesTexture(size) ? drawn : Texture.PLAIN;
    return SceneObject.of(shape, colour, size, texture);
  }

  private enum Pairs {
    SEEN,
    HELD,
    ANY;

    Colour colour(SceneRandom random, Shape shape) {
      Colour held = SceneObject.heldOutColour(shape);
      Colour[] all = Colour.values();
      return switch (this) {
        case HELD -> held;
        case ANY -> random.pick(all);
        case SEEN -> {
          List<Colour> others = Arrays.stream(all).filter(colour -> colour != held).toList();
          yield others.get(random.below(others.size()));
        }
      };
    }
  }
}
