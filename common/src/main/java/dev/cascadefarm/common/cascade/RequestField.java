package dev.cascadefarm.common.cascade;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A field of a request that stages may take, as {@code request.FIELD}. */
public enum RequestField {
  PROMPT("prompt", false),
  /** The caption to which a job goes that starts at another. */
  PROMPT_B("prompt_b", false),
  NEGATIVE_PROMPT("negative_prompt", false),
  INIT_IMAGE("init_image", true),
  /** The picture to which a job goes that starts at another. */
  INIT_IMAGE_B("init_image_b", true);

  /** What stands for the stage's name where a source is no stage's output. */
  static final String REQUEST = "request";

  private static final String PREFIX = REQUEST + ".";

  private final String word;
  private final boolean picture;

  RequestField(String word, boolean picture) {
    this.word = word;
    this.picture = picture;
  }

  /** Whether a source of a stage's input is a field of the request, be it known or not. */
  public static boolean isSource(String source) {
    return source.startsWith(PREFIX);
  }

  /** The field that a source of a stage's input names. */
  public static Optional<RequestField> of(String source) {
    return Arrays.stream(values()).filter(each -> each.source().equals(source)).findFirst();
  }

  /** Its name in requests, job descriptions and pictures. */
  public String word() {
    return word;
  }

  /** Where a stage says that it takes it from, {@code request.FIELD}. */
  public String source() {
    return PREFIX + word;
  }

  /** Whether it names an upload; the others are words. */
  public boolean picture() {
    return picture;
  }

  /** The field where a job starts, of a field that says where it goes. */
  public Optional<RequestField> start() {
    return switch (this) {
      case PROMPT_B -> Optional.of(PROMPT);
      case INIT_IMAGE_B -> Optional.of(INIT_IMAGE);
      case PROMPT, NEGATIVE_PROMPT, INIT_IMAGE -> Optional.empty();
    };
  }

  /** What a stage is given; optional if it may be absent although a cascade takes it. */
  TensorSpec spec() {
    boolean optional = this == NEGATIVE_PROMPT;
    return new TensorSpec(picture ? "image" : "text", "", List.of(), optional);
  }
}
