package dev.cascadefarm.diffusion.engine;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * A JUnit extension that runs every test on the one engine thread of the process, as the product
 * does.
 */
public final class EngineThread implements InvocationInterceptor {
  private static final ExecutorService ENGINE =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "engine");
            thread.setDaemon(true);
            return thread;
          });

  @Override
  public void interceptTestMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<java.lang.reflect.Method> method,
      ExtensionContext context)
      throws Throwable {
    run(invocation);
  }

  @Override
  public void interceptTestTemplateMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<java.lang.reflect.Method> method,
      ExtensionContext context)
      throws Throwable {
    run(invocation);
  }

  private static void run(Invocation<Void> invocation) throws Throwable {
    Callable<Throwable> task =
        () -> {
          try {
            invocation.proceed();
            return null;
          } catch (Throwable e) {
            return e;
          }
        };
    try {
      Throwable failure = ENGINE.submit(task).get();
      if (failure != null) {
        throw failure;
      }
    } catch (ExecutionException e) {
      throw e.getCause();
    }
  }
}
