package dev.cascadefarm.coordinator.access;

import java.util.Locale;

/** What a token is good for; each role may do what those before it may. */
public enum Role {
  /** Reads what belongs to its tenant. */
  WATCH,
  /** Brings and cancels jobs of its tenant. */
  SUBMIT,
  /** Operates the whole farm. */
  ADMIN;

  /** Whether what needs {@code other} may be done. */
  public boolean covers(Role other) {
    return compareTo(other) >= 0;
  }

  /** The word used in the contract and in configuration. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads {@link #word()}.
   *
   * @throws IllegalArgumentException if there is no such role
   */
  public static Role of(String word) {
    for (Role role : values()) {
      if (role.word().equals(word)) {
        return role;
      }
    }
    throw new IllegalArgumentException(
        "role: " + word + " (expected: one of watch, submit, admin)");
  }
}
