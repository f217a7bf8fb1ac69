/**
 * Who may do what: tokens, the tenant and role that each stands for, and what each tenant may have.
 * Tokens are known by their hashes and never shown.
 */
@NullMarked
package dev.cascadefarm.coordinator.access;

import org.jspecify.annotations.NullMarked;
