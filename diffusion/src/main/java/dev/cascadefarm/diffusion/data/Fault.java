package dev.cascadefarm.diffusion.data;

/** Why a single example cannot be used. */
public enum Fault {
  MISSING_PICTURE("picture missing"),
  UNREADABLE_PICTURE("picture unreadable"),
  SMALL_PICTURE("picture too small"),
  EMPTY_CAPTION("caption empty"),
  LONG_CAPTION("caption too long");

  private final String words;

  Fault(String words) {
    this.words = words;
  }

  /** For people. */
  public String words() {
    return words;
  }
}
