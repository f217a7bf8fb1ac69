package dev.cascadefarm.diffusion.graph;

import java.util.List;

/**
 * A method of a TorchScript class that was written elsewhere, as methods of a {@link Graph} call
 * it. The graph only names the class: whoever packs the archive puts both files into it.
 *
 * @param type qualified name of the class, for example {@code __torch__.Net}
 * @param method of the class
 * @param takes element type of each argument
 * @param single whether it returns one tensor, not a tuple of them
 */
public record Guest(String type, String method, List<ScalarType> takes, boolean single) {
  /** The attribute that holds it. */
  public static final String ATTRIBUTE = "guest";

  public Guest {
    takes = List.copyOf(takes);
  }
}
