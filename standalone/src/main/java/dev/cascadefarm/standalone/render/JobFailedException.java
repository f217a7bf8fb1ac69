package dev.cascadefarm.standalone.render;

/** A job that ended without its pictures. */
public final class JobFailedException extends RuntimeException {
  JobFailedException(String message) {
    super(message);
  }
}
