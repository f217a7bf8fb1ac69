package dev.cascadefarm.standalone.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of a farm process. Found by Logback itself, so that no line is written before it is in
 * force. Libraries are heard from WARN on.
 */
public final class FarmLogging extends ContextAwareBase implements Configurator {
  private static final String OURS = "dev.cascadefarm";

  /** Libraries that warn of what is meant to be: a cluster of one, gauges of several clients. */
  private static final List<String> TALKATIVE =
      List.of("com.hazelcast", "io.micrometer.core.instrument.MeterRegistry");

  private static final String PATTERN = "%d{HH:mm:ss.SSS} %-5level %logger{0}: %msg%n%ex";

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setTarget("System.err");
    add(context, console, "console");
    context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
    TALKATIVE.forEach(name -> context.getLogger(name).setLevel(Level.ERROR));
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** Sets how much the farm's own code says: {@code error}, {@code warn}, {@code info}, … */
  public static void level(String level) {
    context().getLogger(OURS).setLevel(Level.toLevel(level, Level.WARN));
  }

  /** Writes every line to a file as well, appending. */
  public static void file(Path path) {
    FileAppender<ILoggingEvent> file = new FileAppender<>();
    file.setFile(path.toString());
    add(context(), file, "file");
  }

  private static void add(
      LoggerContext context, OutputStreamAppender<ILoggingEvent> appender, String name) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(PATTERN);
    encoder.start();
    appender.setContext(context);
    appender.setName(name);
    appender.setEncoder(encoder);
    appender.start();
    context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
  }

  private static LoggerContext context() {
    ILoggerFactory factory = LoggerFactory.getILoggerFactory();
    if (factory instanceof LoggerContext context) {
      return context;
    }
    throw new IllegalStateException("logging: " + factory.getClass() + " (expected: Logback)");
  }
}
