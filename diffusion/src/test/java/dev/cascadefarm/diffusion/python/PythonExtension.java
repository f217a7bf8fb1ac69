package dev.cascadefarm.diffusion.python;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * The JUnit extension that hands the one {@link PythonSide} to parameters of that type. Where
 * Python cannot run, every class that needs it fails at its start and says why.
 */
final class PythonExtension implements BeforeAllCallback, ParameterResolver {
  private static final Namespace NAMESPACE = Namespace.create(PythonExtension.class);

  @Override
  public void beforeAll(ExtensionContext context) {
    python(context);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == PythonSide.class;
  }

  @Override
  public PythonSide resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return python(context);
  }

  private static PythonSide python(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(PythonSide.class, key -> start(), PythonSide.class);
  }

  private static PythonSide start() {
    try {
      return PythonSide.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
