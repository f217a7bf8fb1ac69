package dev.cascadefarm.standalone.score;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.common.cascade.RequestField;
import dev.cascadefarm.coordinator.upload.Aspect;
import dev.cascadefarm.coordinator.upload.PictureType;
import dev.cascadefarm.diffusion.scenes.ScenePicture;
import dev.cascadefarm.diffusion.scenes.SceneSampler;
import dev.cascadefarm.diffusion.scenes.Verdict;
import dev.cascadefarm.diffusion.scenes.Wording;
import dev.cascadefarm.standalone.client.FarmClient;
import dev.cascadefarm.standalone.progress.ProgressDisplay;
import dev.cascadefarm.standalone.render.JobFailedException;
import dev.cascadefarm.standalone.render.JobView;
import dev.cascadefarm.standalone.render.RenderRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A cascade judged by the captions of sampled scenes, each rendered as a job of its own. A cascade
 * that starts from a picture is given the scene's own, and judged by whether it keeps what that
 * shows. Blocks its caller's thread.
 */
public final class CascadeScore {
  /** Enough jobs to keep every stage busy, few enough to keep the backlog of others short. */
  private static final int AHEAD = 8;

  /** Side of the pictures that are given. */
  private static final int GIVEN_SIDE = 64;

  private final FarmClient client;
  private final String cascade;
  private final @Nullable String stage;

  /**
   * Prepares the score of a cascade.
   *
   * @param stage whose pictures are judged; the last one's if null
   */
  public CascadeScore(FarmClient client, String cascade, @Nullable String stage) {
    this.client = client;
    this.cascade = cascade;
    this.stage = stage;
  }

  /** The first scenes of a sampler, put into words. */
  public record Captions(SceneSampler sampler, Wording wording, int count) {
    String get(int index) {
      return wording.caption(sampler.scene(index), sampler.seed(), index);
    }

    byte[] picture(int index) {
      ByteArrayOutputStream png = new ByteArrayOutputStream();
      try {
        ScenePicture.of(sampler.scene(index), GIVEN_SIDE).writePng(png);
      } catch (IOException e) {
        throw new UncheckedIOException("scene " + index + ": cannot be drawn", e);
      }
      return png.toByteArray();
    }
  }

  /**
   * The verdicts.
   *
   * @param swapped each picture judged by the next one's caption: what chance alone would reach
   * @param failures the PNGs of those that have something wrong
   */
  public record Result(List<Verdict> verdicts, List<Verdict> swapped, List<byte[]> failures) {}

  private record Submitted(String job, String caption) {}

  private record Drawn(byte[] png, String caption) {}

  /** Renders and judges captions; caption {@code i} has seed {@code i}. */
  public Result run(Captions captions, ProgressDisplay display) {
    int count = captions.count();
    boolean given = startsFromPicture();
    List<Drawn> pictures = new ArrayList<>();
    Deque<Submitted> ahead = new ArrayDeque<>();
    try (display) {
      for (int next = 0; pictures.size() < count; ) {
        while (next < count && ahead.size() < AHEAD) {
          ahead.add(submit(captions, next, given));
          next++;
        }
        pictures.add(fetch(ahead.remove()));
        display.show("captions", pictures.size(), count);
      }
    }
    return judge(pictures);
  }

  private boolean startsFromPicture() {
    for (JsonNode each : client.cascades().await().path("cascades")) {
      if (each.path("name").asText().equals(cascade)) {
        return StreamSupport.stream(each.path("stages").spliterator(), false)
            .flatMap(stage -> stage.path("inputs").properties().stream())
            .anyMatch(input -> input.getValue().asText().equals(RequestField.INIT_IMAGE.source()));
      }
    }
    return false;
  }

  private Submitted submit(Captions captions, int index, boolean given) {
    String caption = captions.get(index);
    RenderRequest words =
        new RenderRequest(cascade, caption, null, 1L, (long) index, null, List.of());
    RenderRequest request =
        given ? words.with(RequestField.INIT_IMAGE, upload(captions.picture(index))) : words;
    return new Submitted(client.submit(request.toJson()).await().path("id").asText(), caption);
  }

  private String upload(byte[] png) {
    return client
        .upload(png, PictureType.PNG.mediaType(), Aspect.CENTRE_CROP.word())
        .await()
        .path("id")
        .asText();
  }

  private Drawn fetch(Submitted submitted) {
    client.follow(submitted.job(), 0, event -> {}).await();
    JobView job = JobView.of(client.job(submitted.job()).await());
    if (!job.succeeded()) {
      throw new JobFailedException(job);
    }
    String judged = stage(job.images().get(0));
    return new Drawn(client.image(job.id(), 0, judged).await(), submitted.caption());
  }

  private String stage(List<String> drawn) {
    if (stage == null) {
      return drawn.get(drawn.size() - 1);
    }
    if (!drawn.contains(stage)) {
      throw new UnknownStageException(stage, drawn);
    }
    return stage;
  }

  private static Result judge(List<Drawn> pictures) {
    List<Verdict> verdicts = new ArrayList<>();
    List<Verdict> swapped = new ArrayList<>();
    List<byte[]> failures = new ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) {
      Drawn picture = pictures.get(i);
      Verdict verdict = PictureJudge.judge(picture.png(), picture.caption());
      verdicts.add(verdict);
      if (!verdict.right()) {
        failures.add(picture.png());
      }
      String other = pictures.get((i + 1) % pictures.size()).caption();
      swapped.add(PictureJudge.judge(picture.png(), other));
    }
    return new Result(verdicts, swapped, failures);
  }
}
