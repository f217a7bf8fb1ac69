package dev.cascadefarm.common.queue;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Function;

/**
 * Goes through something page by page, from cursor to cursor. Futures that each wait for the next
 * one would be as deep as there are pages, and a large queue has more pages than a stack has room
 * for.
 */
final class Pages {
  private final String last;
  private final Function<String, Future<String>> page;
  private final Promise<Void> over = Promise.promise();

  private Pages(String last, Function<String, Future<String>> page) {
    this.last = last;
    this.page = page;
  }

  /**
   * Asks for one page after another.
   *
   * @param last the cursor that says that there is no more
   * @param page from a cursor to that of the next page; must not be complete when it is returned
   */
  static Future<Void> all(String first, String last, Function<String, Future<String>> page) {
    Pages pages = new Pages(last, page);
    pages.from(first);
    return pages.over.future();
  }

  private void from(String cursor) {
    page.apply(cursor).onComplete(this::next, over::fail);
  }

  private void next(String cursor) {
    if (cursor.equals(last)) {
      over.complete();
    } else {
      from(cursor);
    }
  }
}
