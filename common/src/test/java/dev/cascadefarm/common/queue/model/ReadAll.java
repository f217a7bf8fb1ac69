package dev.cascadefarm.common.queue.model;

/** Everything that can be read. */
record ReadAll() implements Command {
  @Override
  public void run(Trial trial) {
    for (ModelJob job : trial.model.jobs.values()) {
      ReadJob.read(trial, job, job.tenant());
      ReadEvents.read(trial, job, 0, 1_000, job.tenant());
    }
    for (int tenant = 0; tenant < Names.TENANTS.size(); tenant++) {
      new ReadJobs(tenant, 100).run(trial);
    }
    new ReadWorkers().run(trial);
    new ReadControl(100).run(trial);
  }
}
