package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.queue.TenantLimits;
import org.jspecify.annotations.Nullable;

/** A tenant of the model. */
final class ModelTenant {
  TenantLimits limits = TenantLimits.NONE;
  @Nullable String paused;

  /** What was left of its submissions when it last submitted. */
  @Nullable Double tokens;

  long refilled;
}
