package dev.cascadefarm.worker;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.cascadefarm.worker.engine.EngineThread;

/** A worker of base with an engine of its own, held at its rows, whose line can be cut. */
record FleetingWorker(
    FarmFixture farm, Worker worker, FakeRunner runner, LossyQueue line, EngineThread engine) {
  /** Lets rows through, one after the other, each until its checkpoint is committed. */
  void step(int rows) throws Exception {
    for (int i = 0; i < rows; i++) {
      double before = farm.counted("checkpoint.written");
      runner.permit(1);
      farm.await("a checkpoint", () -> farm.counted("checkpoint.written") == before + 1);
    }
  }

  /** Cuts it off and hands its leases on, as if its process had been killed in its next row. */
  void lose() throws Exception {
    line.cut();
    farm.redisQueue.tasks().goodbye(worker.id()).await(30, SECONDS);
  }

  void letGo() {
    line.mend();
    runner.open();
  }
}
