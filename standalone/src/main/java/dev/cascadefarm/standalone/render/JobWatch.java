package dev.cascadefarm.standalone.render;

import dev.cascadefarm.standalone.client.FarmClient;
import dev.cascadefarm.standalone.progress.ProgressDisplay;
import dev.cascadefarm.standalone.progress.StageProgress;

/** Follows one job to its end and shows how it goes. Blocks its caller's thread. */
public final class JobWatch {
  private final FarmClient client;
  private final ProgressDisplay display;

  public JobWatch(FarmClient client, ProgressDisplay display) {
    this.client = client;
    this.display = display;
  }

  /** Waits for the job's end; answers the job as it ended, whichever way. */
  public JobView follow(String job) {
    JobView before = JobView.of(client.job(job).await());
    StageProgress progress = new StageProgress(display, before.stages());
    client.follow(job, 0, progress::accept).await();
    JobView ended = JobView.of(client.job(job).await());
    ended.warnings().forEach(warning -> display.note("warning: " + warning));
    return ended;
  }
}
