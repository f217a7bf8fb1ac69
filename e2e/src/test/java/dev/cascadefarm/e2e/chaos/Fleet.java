package dev.cascadefarm.e2e.chaos;

import dev.cascadefarm.e2e.client.PlainClient;
import dev.cascadefarm.e2e.process.FarmCommand;
import dev.cascadefarm.e2e.process.FarmHost;
import dev.cascadefarm.embedded.EmbeddedRedis;
import dev.cascadefarm.embedded.EmbeddedRedisConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The processes of one farm: Redis, the store, coordinators, and workers behind proxies. Addresses
 * and passwords stay the same for all processes in one place. Used by one thread.
 */
final class Fleet implements AutoCloseable {
  static final int COORDINATORS = 2;
  static final Duration LEASE = Duration.ofSeconds(2);
  private static final List<String> STAGES = List.of("text", "base", "base", "sr64");
  private static final String KEY = "chaos-access-key";
  private static final String SECRET = "chaos-secret-key-of-the-store";

  private final FarmHost host;
  private final Member redis;
  private final Member store;
  private final List<Member> coordinators = new ArrayList<>();
  private final List<URI> addresses = new ArrayList<>();
  private final Map<Member, Ambush> workers = new LinkedHashMap<>();

  private Fleet(FarmHost host, Member redis, Member store) {
    this.host = host;
    this.redis = redis;
    this.store = store;
  }

  /** Starts all processes; does not wait for them. */
  static Fleet start(FarmHost host, long seed) {
    configure(host);
    Fleet fleet = new Fleet(host, redis(host), store(host));
    fleet.redis.start();
    fleet.store.start();
    for (int i = 0; i < COORDINATORS; i++) {
      fleet.addCoordinator("coordinator-" + i);
    }
    for (int i = 0; i < STAGES.size(); i++) {
      fleet.addWorker(STAGES.get(i), STAGES.get(i) + "-" + i, seed + i);
    }
    return fleet;
  }

  /* Leases of seconds, so that a lost one is missed within a test; and no bound on what a task may
  lose, for here it is not the task's fault. */
  private static void configure(FarmHost host) {
    host.set("FARM_CLUSTER_HOST", "127.0.0.1").set("FARM_CLUSTER_MEMBERS", "127.0.0.1");
    host.set("FARM_QUEUE_LEASE", LEASE.toMillis() + "ms").set("FARM_QUEUE_KILL", "500ms");
    host.set("FARM_QUEUE_MAX_STALLS", "100000").set("FARM_QUEUE_MAX_LOST", "100000");
    host.set("FARM_QUEUE_OUTAGE_DELAY", "100ms").set("FARM_QUEUE_OUTAGE_DELAY_MAX", "1s");
    host.set("FARM_QUEUE_BREAKER_PROBE", "500ms").set("FARM_CHORES_REAPING", "300ms");
    host.set("FARM_CHORES_AUDITING", "5s").set("FARM_WORKER_CHECKPOINT_ROWS", "10");
    host.set("FARM_WORKER_STORE_DEADLINE", "5s");
  }

  /* The embedded Redis unpacks its server and writes its settings, once; from then on the same
  server is started with the same settings. */
  private static Member redis(FarmHost host) {
    Path folder = host.folder().resolve("redis");
    EmbeddedRedisConfig config = EmbeddedRedisConfig.durable(folder).withPort(FarmHost.freePort());
    try (EmbeddedRedis first = EmbeddedRedis.start(config)) {
      host.set("FARM_REDIS_URL", first.url());
      String server = ProcessHandle.of(first.pid()).orElseThrow().info().command().orElseThrow();
      List<String> program = List.of(server, folder.resolve("redis.conf").toString());
      return new Member(
          "redis",
          "Ready to accept connections",
          () -> host.run("redis", program, Map.of(), List.of()));
    }
  }

  private static Member store(FarmHost host) {
    String endpoint = "http://127.0.0.1:" + FarmHost.freePort();
    host.set("FARM_S3_ENDPOINT", endpoint);
    host.set("FARM_S3_ACCESS_KEY", KEY).set("FARM_S3_SECRET_KEY", SECRET);
    List<String> program = FarmCommand.java(StoreProcess.class);
    List<String> arguments = List.of(objects(host).toString(), endpoint, KEY, SECRET);
    return new Member(
        "store", StoreProcess.READY, () -> host.run("store", program, Map.of(), arguments));
  }

  private static Path objects(FarmHost host) {
    return host.folder().resolve("s3");
  }

  private void addCoordinator(String name) {
    int port = FarmHost.freePort();
    addresses.add(URI.create("http://127.0.0.1:" + port));
    Map<String, String> more = Map.of("FARM_API_PORT", Integer.toString(port));
    Member member = new Member(name, "http", () -> host.farm(name, more, List.of("coordinator")));
    coordinators.add(member);
    member.start();
  }

  private void addWorker(String stage, String name, long seed) {
    Ambush ambush = Ambush.between(host.get("FARM_REDIS_URL"), host.get("FARM_S3_ENDPOINT"), seed);
    Map<String, String> more =
        Map.of("FARM_REDIS_URL", ambush.redisUrl(), "FARM_S3_ENDPOINT", ambush.storeUrl());
    List<String> arguments = List.of("worker", "--stage", "tiny/" + stage, "--slots", "4");
    Member member = new Member(name, "tiny/", () -> host.farm(name, more, arguments));
    workers.put(member, ambush);
    member.start();
  }

  Member redis() {
    return redis;
  }

  Member store() {
    return store;
  }

  List<Member> coordinators() {
    return coordinators;
  }

  List<Member> workers() {
    return List.copyOf(workers.keySet());
  }

  Ambush ambush(Member worker) {
    return workers.get(worker);
  }

  List<Member> all() {
    return Stream.of(List.of(redis, store), coordinators, workers()).flatMap(List::stream).toList();
  }

  List<URI> addresses() {
    return List.copyOf(addresses);
  }

  String token() {
    return host.get("FARM_API_TOKEN");
  }

  PlainClient client() {
    return new PlainClient(token(), addresses());
  }

  /** Where the store keeps each object as a file. */
  Path objects() {
    return objects(host).resolve("cascade-farm");
  }

  /** Where the processes write their logs. */
  Path logs() {
    return host.folder().resolve("logs");
  }

  String describe() {
    StringBuilder text = new StringBuilder();
    for (Member member : all()) {
      text.append(member.name()).append(member.up() ? ": up" : ": down").append('\n');
    }
    return text + host.describe();
  }

  @Override
  public void close() {
    workers.values().forEach(Ambush::close);
  }
}
