package dev.cascadefarm.diffusion.scenes;

/** A word that may stand for another one of the grammar, with the same meaning everywhere. */
enum Synonym {
  TINY("small"),
  BIG("large"),
  MIDDLE("center"),
  OVER("above"),
  UNDER("below"),
  GREY("gray");

  private final String meaning;

  Synonym(String meaning) {
    this.meaning = meaning;
  }

  String word() {
    return Words.of(this);
  }

  /** The word of the plain form. */
  String meaning() {
    return meaning;
  }

  /** A word in the plain form; the word itself if it is no synonym. */
  static String resolve(String word) {
    for (Synonym synonym : values()) {
      if (synonym.word().equals(word)) {
        return synonym.meaning;
      }
    }
    return word;
  }
}
