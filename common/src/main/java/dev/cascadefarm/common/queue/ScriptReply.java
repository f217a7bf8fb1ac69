package dev.cascadefarm.common.queue;

import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a script.
 *
 * @param code what the script decided
 * @param readied bundles with new ready tasks
 * @param changed jobs whose event log grew
 * @param all the whole answer
 */
record ScriptReply(String code, List<String> readied, List<String> changed, Response all) {
  private static final int HEAD = 3;

  static ScriptReply of(Response reply) {
    return new ScriptReply(
        reply.get(0).toString(), strings(reply.get(1)), strings(reply.get(2)), reply);
  }

  /** What follows the head of the answer, at {@code index}. */
  Response at(int index) {
    return all.get(HEAD + index);
  }

  String text(int index) {
    return at(index).toString();
  }

  static List<String> strings(Response array) {
    List<String> list = new ArrayList<>(array.size());
    for (Response item : array) {
      list.add(item.toString());
    }
    return list;
  }

  static @Nullable String textOrNull(@Nullable Response value) {
    return value == null ? null : value.toString();
  }

  static long numberOrZero(@Nullable Response value) {
    return value == null ? 0 : value.toLong();
  }
}
