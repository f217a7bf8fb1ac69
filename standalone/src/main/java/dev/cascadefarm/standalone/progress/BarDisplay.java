package dev.cascadefarm.standalone.progress;

import java.io.PrintStream;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import me.tongfei.progressbar.InteractiveConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** One bar per stage, in the order in which the stages start. Guarded by itself. */
final class BarDisplay implements ProgressDisplay {
  private static final int REFRESH_MILLIS = 100;

  private final PrintStream terminal;
  private final int columns;
  private final Map<String, ProgressBar> bars = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();

  BarDisplay(PrintStream terminal, int columns) {
    this.columns = columns;
    this.terminal = terminal;
  }

  @Override
  public synchronized void show(String stage, long done, long total, String remark) {
    bars.computeIfAbsent(stage, name -> bar(name, total))
        .maxHint(total)
        .stepTo(done)
        .setExtraMessage(remark.isEmpty() ? "" : " " + remark);
  }

  /** Kept until the bars are finished: a line between them would tear them apart. */
  @Override
  public synchronized void note(String line) {
    notes.add(line);
  }

  @Override
  public synchronized void close() {
    bars.values().forEach(ProgressBar::close);
    bars.clear();
    notes.forEach(terminal::println);
    notes.clear();
  }

  private ProgressBar bar(String stage, long total) {
    return new ProgressBarBuilder()
        .setTaskName(stage)
        .setInitialMax(total)
        .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BLOCK)
        .setUpdateIntervalMillis(REFRESH_MILLIS)
        .setUnit(" steps", 1)
        .showSpeed(new DecimalFormat("0.0", DecimalFormatSymbols.getInstance(Locale.ROOT)))
        .setConsumer(new InteractiveConsoleProgressBarConsumer(terminal, columns))
        .build();
  }
}
