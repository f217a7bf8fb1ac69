package dev.cascadefarm.e2e.chaos;

/** What a schedule can do to the processes of a farm. */
enum Kind {
  /** {@code kill -9} of a worker, at any instant. */
  WORKER(6),
  /** {@code kill -9} of a worker whose claim was carried out and not answered. */
  CLAIMED(2),
  /** {@code kill -9} of a worker that has rendered and stored nothing yet. */
  RENDERED(2),
  /** {@code kill -9} of a worker in the middle of an upload. */
  UPLOADING(2),
  /** {@code kill -9} of a worker that has stored everything and reported nothing. */
  STORED(2),
  /** {@code kill -9} of a worker whose task was completed, and who was not told. */
  COMPLETED(2),
  /** {@code kill -9} of one coordinator. */
  COORDINATOR(3),
  /** {@code kill -9} of all coordinators at once. */
  COORDINATORS(1),
  /** {@code kill -9} of Redis. */
  REDIS(6),
  /** {@code kill -9} of the store. */
  STORE(2),
  /** SIGTERM to a worker. */
  WORKER_TERM(1),
  /** A worker stands still for less than its lease. */
  WORKER_PAUSE(1),
  /** A worker stands still for longer than its lease, and then goes on. */
  WORKER_LONG_PAUSE(2),
  /** Redis stands still for less than a lease. */
  REDIS_PAUSE(1),
  /** Redis stands still for longer than a lease. */
  REDIS_LONG_PAUSE(1);

  private final int weight;

  Kind(int weight) {
    this.weight = weight;
  }

  /** How often it is drawn, relative to the others. */
  int weight() {
    return weight;
  }

  /** Those that happen when a worker has come to a named point. */
  static Kind[] points() {
    return new Kind[] {CLAIMED, RENDERED, UPLOADING, STORED, COMPLETED};
  }

  /** How many processes it kills. */
  int kills() {
    return switch (this) {
      case COORDINATORS -> Fleet.COORDINATORS;
      case WORKER_TERM, WORKER_PAUSE, WORKER_LONG_PAUSE, REDIS_PAUSE, REDIS_LONG_PAUSE -> 0;
      default -> 1;
    };
  }
}
