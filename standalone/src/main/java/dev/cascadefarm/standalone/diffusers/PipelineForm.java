package dev.cascadefarm.standalone.diffusers;

import java.util.List;

/**
 * What the index of a pipeline must name.
 *
 * @param className of the pipeline
 * @param parts that are imported
 * @param skipped keys that may be there: parts that judge, mark or guide by pictures
 */
record PipelineForm(String className, List<Part> parts, List<String> skipped) {
  private static final String DIFFUSERS = "diffusers";

  PipelineForm {
    parts = List.copyOf(parts);
    skipped = List.copyOf(skipped);
  }

  /**
   * A part.
   *
   * @param classes that it may be of; none where another reader decides
   * @param optional whether the pipeline may have been saved without it
   */
  record Part(String name, String library, List<String> classes, boolean optional) {
    Part {
      classes = List.copyOf(classes);
    }

    /** A part that diffusers has a class for. */
    static Part diffusers(String name, String... classes) {
      return new Part(name, DIFFUSERS, List.of(classes), false);
    }

    /** A part that transformers has a class for. */
    static Part transformers(String name, String... classes) {
      return new Part(name, "transformers", List.of(classes), false);
    }

    /** The same, if it is there. */
    Part orNone() {
      return new Part(name, library, classes, true);
    }

    boolean fits(List<String> found) {
      return found.size() == 2
          && found.get(0).equals(library)
          && (classes.isEmpty() || classes.contains(found.get(1)));
    }

    String expected() {
      return classes.isEmpty()
          ? "[\"%s\", one of its classes]".formatted(library)
          : "[\"%s\", \"%s\"]".formatted(library, String.join("\" or \"", classes));
    }
  }
}
