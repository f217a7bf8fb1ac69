package dev.cascadefarm.diffusion.diffusers;

import dev.cascadefarm.diffusion.graph.Tensor;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The bends that configurations name. */
public enum Activation {
  SILU,
  GELU,
  RELU;

  /** What configurations call {@link #SILU} as well. */
  private static final String SWISH = "swish";

  public Tensor apply(Tensor x) {
    return switch (this) {
      case SILU -> x.silu();
      case GELU -> x.gelu();
      case RELU -> x.atLeast(0);
    };
  }

  /**
   * The activation that a key names.
   *
   * @throws ConfigException if it names another
   */
  public static Activation of(DiffusersConfig file, String key) {
    return named(file, key, file.text(key, "silu"));
  }

  /** The same; absent if the file says null or nothing. */
  public static @Nullable Activation orNull(DiffusersConfig file, String key) {
    String name = file.textOrNull(key);
    return name == null ? null : named(file, key, name);
  }

  private static Activation named(DiffusersConfig file, String key, String name) {
    for (Activation each : values()) {
      if (each.name().toLowerCase(Locale.ROOT).equals(name)) {
        return each;
      }
    }
    file.require(name.equals(SWISH), key, "silu, swish, gelu or relu");
    return SILU;
  }
}
