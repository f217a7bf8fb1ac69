package dev.cascadefarm.diffusion.diffusers;

/** A {@code config.json} that cannot be followed; the message names the file, key and value. */
public final class ConfigException extends RuntimeException {
  public ConfigException(String message) {
    super(message);
  }

  public ConfigException(String message, Throwable cause) {
    super(message, cause);
  }
}
