package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.standalone.render.StageSetting;
import java.util.List;

/** Values of {@code --set}. */
final class SetOption {
  private SetOption() {}

  /**
   * The settings that they name.
   *
   * @param given each a {@code STAGE.KEY=VALUE}
   * @throws UsageException if one is out of form
   */
  static List<StageSetting> read(List<String> given) {
    try {
      return given.stream().map(StageSetting::parse).toList();
    } catch (IllegalArgumentException e) {
      throw new UsageException("--set: " + e.getMessage(), e);
    }
  }
}
