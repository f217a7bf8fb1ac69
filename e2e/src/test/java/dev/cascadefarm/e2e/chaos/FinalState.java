package dev.cascadefarm.e2e.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.e2e.client.PlainClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** What is there when everything is over: jobs, logs and pictures by HTTP, objects as files. */
final class FinalState {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FINDING = "audit found and mended: ";
  private static final List<String> PICTURES = List.of("base", "sr64");

  private final PlainClient client;
  private final History history;

  FinalState(PlainClient client, History history) {
    this.client = client;
    this.history = history;
  }

  /** Every job that the farm lists. */
  static List<JsonNode> jobs(PlainClient client) {
    List<JsonNode> jobs = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = client.get("/v1/jobs?limit=100" + cursor);
      page.path("jobs").forEach(jobs::add);
      cursor = page.hasNonNull("next") ? "&cursor=" + page.path("next").asText() : "";
    } while (!cursor.isEmpty());
    return jobs;
  }

  /** Writes all of it into the history. */
  void write(Path objects, Path logs) throws IOException {
    for (JsonNode listed : jobs(client)) {
      String id = listed.path("id").asText();
      JsonNode job = client.get("/v1/jobs/" + id);
      ObjectNode log = History.line("log").put("id", id);
      client.events(id).forEach(log.putArray("events")::add);
      history.add(log);
      if (job.path("status").asText().equals("succeeded")) {
        pictures(job);
      }
      history.add((ObjectNode) History.line("job").set("job", job));
    }
    for (Path file : files(objects)) {
      object(objects.relativize(file).toString(), file);
    }
    for (Path file : files(logs)) {
      findings(file);
    }
  }

  private void pictures(JsonNode job) {
    String id = job.path("id").asText();
    for (int image = 0; image < job.path("n").asInt(); image++) {
      for (String stage : PICTURES) {
        byte[] picture = client.bytes("/v1/jobs/%s/images/%d?stage=%s".formatted(id, image, stage));
        history.add(
            History.line("picture")
                .put("job", id)
                .put("task", stage + "/" + image)
                .put("sha256", sha256(picture)));
      }
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private void object(String key, Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    ObjectNode line = History.line("object").put("key", key);
    line.put("bytes", bytes.length).put("sha256", sha256(bytes));
    if (key.endsWith("/manifest.json")) {
      line.set("manifest", JSON.readTree(bytes));
    }
    history.add(line);
  }

  private void findings(Path log) throws IOException {
    for (String line : Files.readAllLines(log)) {
      if (line.contains(FINDING)) {
        history.add(History.line("audit").put("finding", log.getFileName() + ": " + line));
      }
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }
}
