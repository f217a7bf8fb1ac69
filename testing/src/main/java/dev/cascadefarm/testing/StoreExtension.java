package dev.cascadefarm.testing;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * The JUnit extension that hands the shared {@link TestStore} to parameters of that type, starting
 * it when the first test of the process asks, and stopping it after the last.
 */
public final class StoreExtension implements ParameterResolver {

  private static final Namespace NAMESPACE = Namespace.create(StoreExtension.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == TestStore.class;
  }

  @Override
  public TestStore resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(TestStore.class, key -> TestStore.start(), TestStore.class);
  }
}
