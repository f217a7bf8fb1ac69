package dev.cascadefarm.diffusion.torchscript;

/** A TorchScript file, or its description, cannot be used; the message names the fault. */
public final class TorchScriptException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TorchScriptException(String message) {
    super(message);
  }

  public TorchScriptException(String message, Throwable cause) {
    super(message, cause);
  }
}
