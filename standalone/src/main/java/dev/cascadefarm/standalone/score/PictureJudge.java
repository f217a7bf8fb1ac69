package dev.cascadefarm.standalone.score;

import dev.cascadefarm.diffusion.scenes.AlignmentOracle;
import dev.cascadefarm.diffusion.scenes.CaptionException;
import dev.cascadefarm.diffusion.scenes.ScenePicture;
import dev.cascadefarm.diffusion.scenes.Verdict;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The oracle's opinion of a picture, in words. */
public final class PictureJudge {
  private PictureJudge() {}

  /**
   * Judges a picture.
   *
   * @throws CaptionException if the caption is not one the oracle can read
   */
  public static Verdict judge(byte[] png, String caption) {
    try (ByteArrayInputStream in = new ByteArrayInputStream(png)) {
      return AlignmentOracle.judge(ScenePicture.readPng(in), caption);
    } catch (IOException e) {
      throw new UncheckedIOException("picture: cannot be read: " + e.getMessage(), e);
    }
  }

  /** One line for people; a caption that the oracle cannot read gets one too. */
  public static String describe(byte[] png, String caption) {
    try {
      return words(judge(png, caption));
    } catch (CaptionException e) {
      return "not judged: " + e.getMessage();
    }
  }

  private static String words(Verdict verdict) {
    List<String> wrong = new ArrayList<>();
    note(wrong, "background", verdict.background());
    note(wrong, "count", verdict.count());
    note(wrong, "place", verdict.place());
    note(wrong, "shape", verdict.shape());
    note(wrong, "size", verdict.size());
    note(wrong, "colour", verdict.colour());
    note(wrong, "texture", !Boolean.FALSE.equals(verdict.texture()));
    String said = wrong.isEmpty() ? "all right" : "wrong: " + String.join(", ", wrong);
    String exact = verdict.exact() ? "exact" : "not exact";
    return String.format(Locale.ROOT, "%s, score %.2f, %s", exact, verdict.score(), said);
  }

  private static void note(List<String> wrong, String attribute, boolean right) {
    if (!right) {
      wrong.add(attribute);
    }
  }
}
