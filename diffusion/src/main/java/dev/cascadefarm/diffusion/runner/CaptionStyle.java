package dev.cascadefarm.diffusion.runner;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.diffusion.caption.DeepFloydCaption;

/** What becomes of a caption before a model reads it. */
enum CaptionStyle {
  /** Nothing. */
  AS_WRITTEN {
    @Override
    String apply(String caption, JsonNode settings) {
      return caption;
    }
  },

  /** As DeepFloyd IF was taught: no capitals; the setting {@code clean} removes much more. */
  DEEPFLOYD {
    @Override
    String apply(String caption, JsonNode settings) {
      return settings.path(CLEAN).asBoolean(false)
          ? DeepFloydCaption.clean(caption)
          : DeepFloydCaption.plain(caption);
    }
  };

  /** The job's setting. */
  static final String CLEAN = "clean";

  abstract String apply(String caption, JsonNode settings);
}
