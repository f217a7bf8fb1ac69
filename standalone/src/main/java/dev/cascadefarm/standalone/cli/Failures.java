package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.common.cascade.InvalidCatalogueException;
import dev.cascadefarm.common.cascade.InvalidRequestException;
import dev.cascadefarm.diffusion.torchscript.TorchScriptException;
import dev.cascadefarm.standalone.client.ApiException;
import dev.cascadefarm.standalone.config.InvalidConfigException;
import dev.cascadefarm.standalone.diffusers.PipelineException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Turns what a command throws into one line and an exit code. */
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
  private static final Logger log = LoggerFactory.getLogger(Failures.class);

  private final Console console;

  Failures(Console console) {
    this.console = console;
  }

  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
    log.debug("command failed", failure);
    console.err().println("farm: " + message(failure));
    return code(failure);
  }

  @Override
  public int handleParseException(ParameterException failure, String[] arguments) {
    console.err().println("farm: " + message(failure));
    CommandLine command = failure.getCommandLine();
    console.err().println("try: " + command.getCommandSpec().qualifiedName() + " --help");
    return ExitCode.USAGE;
  }

  static int code(Throwable failure) {
    boolean usage =
        failure instanceof UsageException
            || failure instanceof InvalidConfigException
            || failure instanceof InvalidCatalogueException
            || failure instanceof InvalidRequestException
            || failure instanceof PipelineException
            || failure instanceof TorchScriptException
            || failure instanceof ParameterException
            || (failure instanceof ApiException api && api.refused());
    return usage ? ExitCode.USAGE : ExitCode.FAILED;
  }

  private static String message(Throwable failure) {
    String text = failure.getMessage();
    return text == null || text.isBlank() ? failure.getClass().getSimpleName() : text;
  }
}
