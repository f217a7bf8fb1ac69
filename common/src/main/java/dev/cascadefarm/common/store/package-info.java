/**
 * The artifact store: immutable objects in an S3 bucket, each named so that no two attempts can
 * ever write the same one, and the manifest that says which of them are a task's outputs. An object
 * counts only once a committed manifest names it, with its SHA-256.
 */
@NullMarked
package dev.cascadefarm.common.store;

import org.jspecify.annotations.NullMarked;
