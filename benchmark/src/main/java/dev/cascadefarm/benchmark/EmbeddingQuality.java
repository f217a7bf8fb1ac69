package dev.cascadefarm.benchmark;

import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.cascade.JobRequest;
import dev.cascadefarm.diffusion.data.ScenePictures;
import dev.cascadefarm.diffusion.scenes.SceneSampler;
import dev.cascadefarm.diffusion.scenes.SceneSampler.Split;
import dev.cascadefarm.diffusion.scenes.Textures;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.diffusion.unclip.Embeddings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * How well the embeddings of an unCLIP cascade fit each other, on scenes that no two of have one
 * caption: how often a picture's nearest caption is its own, and a caption's nearest picture; and
 * the cosine between the embedding that the prior makes of a caption and that of its picture.
 *
 * <pre>java -Dai.djl.offline=true -cp 'benchmark/target/classes:standalone/target/lib/*' \
 *   dev.cascadefarm.benchmark.EmbeddingQuality catalogue scenes-unclip 256 seen</pre>
 */
public final class EmbeddingQuality {
  private static final long SEED = 20_261_201;
  private static final double TWO_OBJECT_SHARE = 0.6;
  private static final int SIDE = 64;
  private static final String EMBEDDING = "image_embed";

  private EmbeddingQuality() {}

  public static void main(String[] arguments) throws IOException {
    Catalogue catalogue = Catalogue.read(Path.of(arguments[0]));
    String cascade = arguments[1];
    int count = Integer.parseInt(arguments[2]);
    Split split = arguments[3].equals("seen") ? Split.SEEN : Split.HELD_OUT;
    System.out.println(Machine.line());
    List<float[]> captions = new ArrayList<>();
    List<float[]> pictures = new ArrayList<>();
    List<float[]> drawn = new ArrayList<>();
    ScenePictures scenes =
        new ScenePictures(new SceneSampler(SEED, split, TWO_OBJECT_SHARE, Textures.BOLD));
    try (DirectCascade words = new DirectCascade(catalogue, cascade);
        DirectCascade sight = new DirectCascade(catalogue, cascade + "-vary")) {
      for (long scene : distinct(scenes, count)) {
        JobRequest request =
            new JobRequest(cascade, scenes.caption(scene), null, 1, scene, Map.of());
        StageValue embeds = embeds(words, request);
        captions.add(tensor(embeds, "prompt.pooled"));
        drawn.add(
            tensor(
                words.stage("prior", request, Map.of("embeds", embeds)).get(EMBEDDING), EMBEDDING));
        pictures.add(seen(sight, cascade, scenes.picture(scene, SIDE)));
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%d captions, %s: caption of a picture %.3f, picture of a caption %.3f; cosine of the"
            + " prior's embedding %.3f, of the caption's own %.3f, of another picture's %.3f%n",
        count,
        split,
        found(pictures, captions),
        found(captions, pictures),
        cosine(drawn, pictures, 0),
        cosine(captions, pictures, 0),
        cosine(drawn, pictures, 1));
  }

  /** The first scenes with a caption that none before has. */
  private static List<Long> distinct(ScenePictures scenes, int count) {
    Set<String> captions = new HashSet<>();
    List<Long> distinct = new ArrayList<>();
    for (long scene = 0; distinct.size() < count; scene++) {
      if (captions.add(scenes.caption(scene))) {
        distinct.add(scene);
      }
    }
    return distinct;
  }

  private static StageValue embeds(DirectCascade words, JobRequest request) {
    StageValue prompt = new StageValue.Text(request.prompt());
    return words.stage("text", request, Map.of("prompt", prompt)).get("embeds");
  }

  private static float[] seen(DirectCascade sight, String cascade, HostTensor picture) {
    JobRequest request =
        new JobRequest(cascade + "-vary", "a picture", null, null, "given", null, 1, 0, Map.of());
    StageValue image = new StageValue.Image(picture);
    return tensor(sight.stage("image", request, Map.of("image", image)).get(EMBEDDING), EMBEDDING);
  }

  private static float[] tensor(StageValue value, String name) {
    return ((StageValue.Tensors) value).tensors().get(name).data();
  }

  /** How many of those find their own among the others. */
  private static double found(List<float[]> from, List<float[]> among) {
    long right =
        IntStream.range(0, from.size()).filter(i -> nearest(from.get(i), among) == i).count();
    return (double) right / from.size();
  }

  private static int nearest(float[] one, List<float[]> among) {
    return IntStream.range(0, among.size())
        .boxed()
        .max(Comparator.comparingDouble(i -> Embeddings.cosine(one, among.get(i))))
        .orElseThrow();
  }

  /** The mean cosine of each with the one so many places further. */
  private static double cosine(List<float[]> some, List<float[]> others, int further) {
    return IntStream.range(0, some.size())
        .mapToDouble(i -> Embeddings.cosine(some.get(i), others.get((i + further) % others.size())))
        .average()
        .orElseThrow();
  }
}
