package dev.cascadefarm.diffusion.scenes;

import java.util.Locale;

/** Spelling of enum constants in captions. */
final class Words {
  private Words() {}

  static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
