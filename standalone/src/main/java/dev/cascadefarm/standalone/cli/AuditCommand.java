package dev.cascadefarm.standalone.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.standalone.client.FarmClient;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code farm audit}: compares what the queue keeps twice. */
@Command(
    mixinStandardHelpOptions = true,
    name = "audit",
    description = {
      "Compare what the queue of a running farm keeps twice, now.",
      "Exits with 1 if anything is found: then something is wrong with the farm."
    })
final class AuditCommand implements Callable<Integer> {
  private final Console console;

  @Option(names = "--repair", description = "put right what is found")
  private boolean repair;

  @Mixin private ServerOptions server = new ServerOptions();
  @Mixin private CommonOptions common = new CommonOptions();

  AuditCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    return Connected.run(console, server, common, this::audit);
  }

  private int audit(FarmClient client) {
    JsonNode report = client.operator().audit(repair).await();
    Table table = new Table(Set.of(), "KIND", "WHAT", "FOUND");
    for (JsonNode finding : report.path("findings")) {
      table.add(
          finding.path("kind").asText(),
          finding.path("what").asText(),
          finding.path("detail").asText());
    }
    table.print(console.out());
    long found = report.path("found").asLong();
    console.err().println("audit: " + summary(found));
    return found == 0 ? ExitCode.DONE : ExitCode.FAILED;
  }

  private String summary(long found) {
    if (found == 0) {
      return "nothing found";
    }
    return found + " found" + (repair ? " and put right" : "; --repair puts them right");
  }
}
