package dev.cascadefarm.standalone.render;

import dev.cascadefarm.standalone.client.FarmClient;
import dev.cascadefarm.standalone.pictures.PictureFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Fetches the pictures of a finished job. Blocks its caller's thread. */
public final class Pictures {
  private final FarmClient client;

  public Pictures(FarmClient client) {
    this.client = client;
  }

  /** Saves what every stage drew of every image; answers the final pictures, in order. */
  public List<Path> save(JobView job, Path directory) throws IOException {
    PictureFolder folder = PictureFolder.of(directory, job.id());
    List<Path> finals = new ArrayList<>();
    for (int image = 0; image < job.images().size(); image++) {
      List<String> stages = job.images().get(image);
      for (int i = 0; i < stages.size(); i++) {
        byte[] png = client.image(job.id(), image, stages.get(i)).await();
        folder.write(image, stages.get(i), png);
        if (i == stages.size() - 1) {
          finals.add(folder.write(image, png));
        }
      }
    }
    return finals;
  }
}
