package dev.cascadefarm.diffusion.t5;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The T5s that MinImagen knows by name. */
public enum T5Name {
  T5_SMALL("t5_small", "google-t5/t5-small", 512),
  T5_BASE("t5_base", "google-t5/t5-base", 768),
  T5_LARGE("t5_large", "google-t5/t5-large", 1024),
  T5_3B("t5_3b", "google-t5/t5-3b", 1024),
  T5_11B("t5_11b", "google-t5/t5-11b", 1024),
  SMALL_1_1("small1.1", "google/t5-v1_1-small", 512),
  BASE_1_1("base1.1", "google/t5-v1_1-base", 768),
  LARGE_1_1("large1.1", "google/t5-v1_1-large", 1024),
  XL_1_1("xl1.1", "google/t5-v1_1-xl", 2048),
  XXL_1_1("xxl1.1", "google/t5-v1_1-xxl", 4096);

  private final String id;
  private final String hub;
  private final int width;

  T5Name(String id, String hub, int width) {
    this.id = id;
    this.hub = hub;
    this.width = width;
  }

  /**
   * The T5 of that name.
   *
   * @throws IllegalArgumentException if there is none; the message lists them
   */
  public static T5Name of(String id) {
    return Arrays.stream(values())
        .filter(each -> each.id.equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    Arrays.stream(values())
                        .map(T5Name::id)
                        .collect(Collectors.joining(", ", "T5: " + id + " (expected: ", ")"))));
  }

  /** MinImagen's name, for example {@code t5_base}. */
  public String id() {
    return id;
  }

  /** Owner and name of the repository on Hugging Face's hub. */
  public String hub() {
    return hub;
  }

  /** Width of an embedding. */
  public int width() {
    return width;
  }
}
