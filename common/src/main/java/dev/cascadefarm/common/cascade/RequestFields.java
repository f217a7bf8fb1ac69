package dev.cascadefarm.common.cascade;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is said in the fields of a request that stages may take. */
public interface RequestFields {
  String prompt();

  @Nullable String promptB();

  @Nullable String negativePrompt();

  @Nullable String initImage();

  @Nullable String initImageB();

  /** What it says in a field; nothing if it leaves the field out. */
  default Optional<String> given(RequestField field) {
    return Optional.ofNullable(
        switch (field) {
          case PROMPT -> prompt();
          case PROMPT_B -> promptB();
          case NEGATIVE_PROMPT -> negativePrompt();
          case INIT_IMAGE -> initImage();
          case INIT_IMAGE_B -> initImageB();
        });
  }
}
