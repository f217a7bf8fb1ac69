package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.standalone.client.FarmClient;
import dev.cascadefarm.standalone.config.FarmConfig;

/** Work on a running farm, which the command's options or the configuration name. */
final class Connected {
  private Connected() {}

  /** What to do with a connection to the farm; answers an exit code. */
  interface Action {
    int with(FarmClient client);
  }

  static int run(Console console, ServerOptions server, CommonOptions common, Action action) {
    FarmConfig config = common.load(console, server.flags(), "warn");
    try (ClientSession session = ClientSession.open(ServerOptions.required(config))) {
      return action.with(session.client());
    }
  }
}
