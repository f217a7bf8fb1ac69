package dev.cascadefarm.diffusion.t5;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonPOJOBuilder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A T5 as a stage runs it.
 *
 * @param t5 architecture of the encoder
 * @param maxTextLen most tokens of a caption, the end token included; MinImagen's own is 256
 * @param convention of those who hear it; where JSON has nothing, MinImagen's
 */
@JsonDeserialize(builder = T5TextConfig.Builder.class)
public record T5TextConfig(T5Config t5, int maxTextLen, T5Convention convention) {
  /** MinImagen's limit where nothing else is said. */
  public static final int MINIMAGEN_MAX_TEXT_LEN = 256;

  private static final int LONGEST = 2048;

  public T5TextConfig {
    if (maxTextLen < 1 || maxTextLen > LONGEST) {
      throw new IllegalArgumentException(
          "max_text_len: " + maxTextLen + " (expected: 1 to " + LONGEST + ")");
    }
  }

  /** A T5 for networks like MinImagen's. */
  public T5TextConfig(T5Config t5, int maxTextLen) {
    this(t5, maxTextLen, T5Convention.MINIMAGEN);
  }

  /** Reads a configuration; all but {@code convention} must be there. Not thread-safe. */
  @JsonPOJOBuilder(withPrefix = "")
  static final class Builder {
    private @Nullable T5Config t5;
    private @Nullable Integer maxTextLen;
    private T5Convention convention = T5Convention.MINIMAGEN;

    @JsonProperty
    Builder t5(T5Config value) {
      t5 = value;
      return this;
    }

    @JsonProperty
    Builder maxTextLen(Integer value) {
      maxTextLen = value;
      return this;
    }

    @JsonProperty
    Builder convention(T5Convention value) {
      convention = value;
      return this;
    }

    T5TextConfig build() {
      if (t5 == null || maxTextLen == null) {
        throw new IllegalArgumentException(
            "t5: %s, max_text_len: %s (expected: both)".formatted(t5, maxTextLen));
      }
      return new T5TextConfig(t5, maxTextLen, Objects.requireNonNull(convention, "convention"));
    }
  }
}
