package dev.cascadefarm.common.queue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A Lua script of the queue: its own text with the shared parts joined in behind the shebang. The
 * text is fixed; values travel as arguments.
 *
 * @param sha SHA-1 (hex) by which Redis knows the text
 */
record Script(String name, String text, String sha) {
  static final Script SUBMIT = load("submit");
  static final Script CLAIM = load("claim", "handing");
  static final Script RENEW = load("renew");
  static final Script COMPLETE = load("complete");
  static final Script FAIL = load("fail", "stalls");
  static final Script CANCEL = load("cancel");
  static final Script SWEEP = load("sweep");
  static final Script REAP = load("reap", "stalls");
  static final Script SILENT = load("silent", "stalls");
  static final Script CLOCK = load("clock");
  static final Script HEARTBEAT = load("heartbeat");
  static final Script GOODBYE = load("goodbye");
  static final Script REGISTER = load("register");
  static final Script DIGEST = load("digest");
  static final Script READY = load("ready");
  static final Script WORKERS = load("workers");
  static final Script JOB = load("job", "reading");
  static final Script JOBS = load("jobs", "reading");
  static final Script EVENTS = load("events");
  static final Script TENANT = load("tenant");
  static final Script TENANTS = load("tenants");
  static final Script STAGES = load("stages");
  static final Script PAUSE = load("pause", "acts");
  static final Script CAP = load("cap", "acts");
  static final Script DEAD = load("dead");
  static final Script REDRIVE = load("redrive", "acts");
  static final Script ACTIONS = load("actions");
  static final Script INCIDENTS = load("incidents");
  static final Script EXPIRED = load("expired");
  static final Script FORGET = load("forget");
  static final Script GARBAGE = load("garbage");
  static final Script COLLECTED = load("collected");
  static final Script AUDIT_JOBS = load("audit_jobs", "findings");
  static final Script AUDIT_INDEX = load("audit_index", "findings");
  static final Script AUDIT_TENANTS = load("audit_tenants", "findings");

  static Script load(String name, String... parts) {
    String own = resource(name);
    int body = own.indexOf('\n') + 1;
    StringBuilder text = new StringBuilder(own.substring(0, body));
    text.append(resource("prelude")).append(resource("ends"));
    for (String part : parts) {
      text.append(resource(part));
    }
    return of(name, text.append(own, body, own.length()).toString());
  }

  /** The script with exactly this text. */
  static Script of(String name, String text) {
    return new Script(name, text, sha1(text));
  }

  private static String resource(String name) {
    try (InputStream in = Script.class.getResourceAsStream(name + ".lua")) {
      if (in == null) {
        throw new IllegalStateException("script: " + name + ".lua (expected: a resource)");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha1(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-1 is part of every JDK", e);
    }
  }
}
