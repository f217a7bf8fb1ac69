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
   * @param libraries that may have its class
   * @param classes that it may be of; none where another reader decides
   * @param optional whether the pipeline may have been saved without it
   */
  record Part(String name, List<String> libraries, List<String> classes, boolean optional) {
    Part {
      libraries = List.copyOf(libraries);
      classes = List.copyOf(classes);
    }

    /** A part that diffusers has a class for. */
    static Part diffusers(String name, String... classes) {
      return new Part(name, List.of(DIFFUSERS), List.of(classes), false);
    }

    /** A part that transformers has a class for. */
    static Part transformers(String name, String... classes) {
      return new Part(name, List.of("transformers"), List.of(classes), false);
    }

    /** A part whose class belongs to a pipeline; newer versions say that diffusers has it. */
    static Part pipelines(String name, String pipeline, String... classes) {
      return new Part(name, List.of(pipeline, DIFFUSERS), List.of(classes), false);
    }

    /** The same, if it is there. */
    Part orNone() {
      return new Part(name, libraries, classes, true);
    }

    boolean fits(List<String> found) {
      return found.size() == 2
          && libraries.contains(found.get(0))
          && (classes.isEmpty() || classes.contains(found.get(1)));
    }

    String expected() {
      String from = String.join("\" or \"", libraries);
      return classes.isEmpty()
          ? "[\"%s\", one of its classes]".formatted(from)
          : "[\"%s\", \"%s\"]".formatted(from, String.join("\" or \"", classes));
    }
  }
}
