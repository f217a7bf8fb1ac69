package dev.cascadefarm.common.json;

import com.fasterxml.jackson.core.JsonProcessingException;

/** JSON that cannot be read as what was expected; the message names the place and the reason. */
public final class MalformedJsonException extends RuntimeException {
  MalformedJsonException(String expected, JsonProcessingException cause) {
    super("JSON: " + cause.getOriginalMessage() + " (expected: a " + expected + ")", cause);
  }
}
