package dev.cascadefarm.e2e.chaos.judge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A history without a fault, of one job with one image, to be spoilt by tests. Used by one test.
 */
final class Synthetic {
  private final List<String> lines = new ArrayList<>();
  private final List<String> log = new ArrayList<>();

  Synthetic() {
    submit("invoke", "");
    submit("unknown", "");
    submit("ok", ",'job':'j1'");
    event("job.queued", "");
    event("job.running", "");
    for (String stage : List.of("text", "base", "sr64")) {
      String task = "'stage':'" + stage + (stage.equals("text") ? "'" : "','image':0");
      event("task.started", task + ",'attempt':1");
      event("task.retried", task + ",'attempt':1");
      event("task.started", task + ",'attempt':2");
      event("task.completed", task + ",'attempt':2");
      object(stage, stage.equals("text") ? "job" : "0", 1, "aa");
      object(stage, stage.equals("text") ? "job" : "0", 2, "bb");
    }
    event("image.completed", "'stage':'sr64','image':0");
    event("job.succeeded", "");
    String events = String.join(",", log);
    add("{'op':'watch','reader':'w1','job':'j1','ended':true,'events':[" + events + "]}");
    add("{'op':'log','id':'j1','events':[" + events + "]}");
    add(
        "{'op':'job','job':{'id':'j1','status':'succeeded','seed':7,'n':1,'stages':["
            + "{'name':'text','tasks':[{}]},{'name':'base','tasks':[{'image':0}]},"
            + "{'name':'sr64','tasks':[{'image':0}]}]}}");
    add("{'op':'picture','job':'j1','task':'sr64/0','sha256':'bb'}");
  }

  private void submit(String type, String more) {
    add("{'op':'submit','key':'k1','seed':7,'type':'" + type + "'" + more + "}");
  }

  private void event(String type, String more) {
    String rest = more.isEmpty() ? "" : "," + more;
    log.add("{'seq':%d,'type':'%s'%s}".formatted(log.size() + 1, type, rest));
  }

  private void object(String stage, String image, int attempt, String sha256) {
    String folder = "tenants/default/jobs/j1/%s/%s/%d-n".formatted(stage, image, attempt);
    String file = "'key':'" + folder + "/out','sha256':'" + sha256 + "'";
    add("{'op':'object'," + file + ",'bytes':3}");
    add(
        "{'op':'object','key':'%s/manifest.json','sha256':'cc','bytes':9,'manifest':{'outputs':"
                .formatted(folder)
            + "{'out':{'artifact':{"
            + file
            + ",'size':3}}}}}");
  }

  Synthetic add(String line) {
    lines.add(line.replace('\'', '"'));
    return this;
  }

  /** Replaces a text in all lines that begin with {@code op}; it has to be there. */
  Synthetic replace(String op, String from, String to) {
    String wanted = from.replace('\'', '"');
    boolean found = false;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (is(line, op) && line.contains(wanted)) {
        lines.set(i, line.replace(wanted, to.replace('\'', '"')));
        found = true;
      }
    }
    if (!found) {
      throw new IllegalArgumentException(op + ": " + from + " (expected: in the history)");
    }
    return this;
  }

  /** Takes all lines of {@code op} away that contain a text; there has to be one. */
  Synthetic remove(String op, String text) {
    String wanted = text.replace('\'', '"');
    if (!lines.removeIf(line -> is(line, op) && line.contains(wanted))) {
      throw new IllegalArgumentException(op + ": " + text + " (expected: in the history)");
    }
    return this;
  }

  private static boolean is(String line, String op) {
    return line.startsWith("{\"op\":\"" + op.toLowerCase(Locale.ROOT) + "\"");
  }

  Verdict judge(Path folder) {
    try {
      return Checker.judge(Files.write(folder.resolve("history.jsonl"), lines));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
