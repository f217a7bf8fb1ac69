package dev.cascadefarm.diffusion.engine;

import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import java.lang.reflect.Field;
import java.util.Map;

/** Counts what the engine holds on behalf of this process. */
public final class EngineArrays {
  private EngineArrays() {}

  /** Arrays of every living manager. */
  public static int count() {
    try (NDManager base = NDManager.newBaseManager("PyTorch")) {
      return count((PtNDManager) base.getParentManager());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the engine's managers changed", e);
    }
  }

  private static int count(BaseNDManager manager) throws ReflectiveOperationException {
    Field resources = BaseNDManager.class.getDeclaredField("resources");
    resources.setAccessible(true);
    int count = 0;
    for (Object each : ((Map<?, ?>) resources.get(manager)).values()) {
      if (each instanceof NDArray) {
        count++;
      } else if (each instanceof BaseNDManager child) {
        count += count(child);
      }
    }
    return count;
  }
}
