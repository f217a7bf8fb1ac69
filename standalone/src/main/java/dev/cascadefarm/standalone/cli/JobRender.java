package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.standalone.client.FarmClient;
import dev.cascadefarm.standalone.progress.ProgressDisplay;
import dev.cascadefarm.standalone.render.JobView;
import dev.cascadefarm.standalone.render.JobWatch;
import dev.cascadefarm.standalone.render.Pictures;
import dev.cascadefarm.standalone.render.RenderRequest;
import dev.cascadefarm.standalone.score.PictureJudge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What {@code farm render} does with a job, step by step. Blocks its caller's thread.
 *
 * @param out folder below which the pictures go
 * @param score whether the oracle judges the pictures
 */
record JobRender(Console console, FarmClient client, Path out, boolean score) {
  /** Submits a job; answers its name. */
  String submit(RenderRequest request) {
    return client.submit(request.toJson()).await().path("id").asText();
  }

  /** Shows a job's progress to its end, whichever that is. */
  JobView follow(String job) {
    try (ProgressDisplay display = console.progress()) {
      return new JobWatch(client, display).follow(job);
    }
  }

  /** Writes what every stage drew; answers the final pictures. */
  List<Path> save(JobView job, String caption) throws IOException {
    List<Path> pictures = new Pictures(client).save(job, out);
    for (Path picture : pictures) {
      judge(picture, caption);
    }
    return pictures;
  }

  private void judge(Path picture, String caption) throws IOException {
    if (score) {
      String verdict = PictureJudge.describe(Files.readAllBytes(picture), caption);
      console.err().println("score " + picture.getFileName() + ": " + verdict);
    }
  }
}
