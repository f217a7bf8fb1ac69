package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.standalone.client.ApiException;
import dev.cascadefarm.standalone.pictures.ContactSheet;
import dev.cascadefarm.standalone.pictures.ContactSheet.Column;
import dev.cascadefarm.standalone.pictures.PictureFolder;
import dev.cascadefarm.standalone.render.JobView;
import dev.cascadefarm.standalone.render.RenderRequest;
import dev.cascadefarm.standalone.render.SettingsCheck;
import dev.cascadefarm.standalone.render.Sweep.Variant;
import io.vertx.core.Future;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * One job for each variant of a request, and the sheet that shows their pictures side by side.
 *
 * @param variants all with the same caption, seed and number of images
 */
record SweepRender(JobRender render, List<Variant> variants, Sheet sheet) {
  /** Few enough for a sheet that can be read on a screen. */
  private static final int MOST_ACROSS = 8;

  /**
   * What a sheet is of.
   *
   * @param kind in the name of its folder
   * @param across columns that belong side by side
   */
  record Sheet(String kind, String title, int across) {}

  SweepRender {
    variants = List.copyOf(variants);
  }

  /** Renders everything; answers the exit code: failed if one job is, whatever the others do. */
  int run() throws IOException {
    List<RenderRequest> requests = variants.stream().map(Variant::request).toList();
    new SettingsCheck(render.client().cascades().await()).require(requests);
    List<String> jobs = submit(requests);
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < jobs.size(); i++) {
      columns.add(column(variants.get(i), jobs.get(i)));
    }
    render.console().out().println(write(jobs.get(0), columns));
    boolean whole = columns.stream().allMatch(column -> column.failure().isEmpty());
    return whole ? ExitCode.DONE : ExitCode.FAILED;
  }

  /** All or none: what was submitted before a refusal is cancelled. */
  private List<String> submit(List<RenderRequest> requests) {
    List<String> jobs = new ArrayList<>();
    try {
      for (RenderRequest request : requests) {
        jobs.add(render.submit(request));
      }
      return jobs;
    } catch (RuntimeException e) {
      Future.join(jobs.stream().map(render.client()::cancel).toList()).otherwiseEmpty().await();
      throw e;
    }
  }

  private Column column(Variant variant, String job) throws IOException {
    render.console().err().println(variant.label() + ": job " + job);
    try {
      JobView ended = render.follow(job);
      return ended.succeeded()
          ? new Column(variant.label(), pictures(variant, ended), "")
          : failed(variant, ended.status() + (ended.error().isEmpty() ? "" : ": " + ended.error()));
    } catch (ApiException e) {
      return failed(variant, "failed: " + e.getMessage());
    }
  }

  private Column failed(Variant variant, String why) {
    render.console().err().println(variant.label() + ": " + why);
    return new Column(variant.label(), List.of(), why);
  }

  private List<BufferedImage> pictures(Variant variant, JobView job) throws IOException {
    List<BufferedImage> pictures = new ArrayList<>();
    for (Path path : render.save(job, variant.request().prompt())) {
      pictures.add(ImageIO.read(path.toFile()));
    }
    return pictures;
  }

  private Path write(String firstJob, List<Column> columns) throws IOException {
    RenderRequest request = variants.get(0).request();
    int rows = request.n() == null ? 1 : request.n().intValue();
    int across = Math.min(sheet.across(), MOST_ACROSS);
    byte[] png = ContactSheet.of(sheet.title(), columns, across, rows).png();
    return PictureFolder.of(render.out(), sheet.kind() + "-" + firstJob).writeSheet(png);
  }
}
