package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.common.cascade.RequestField;
import dev.cascadefarm.coordinator.upload.Aspect;
import dev.cascadefarm.standalone.cli.InitImageOptions.Picture;
import dev.cascadefarm.standalone.client.FarmClient;
import dev.cascadefarm.standalone.config.FarmConfig;
import dev.cascadefarm.standalone.process.EmbeddedFarm;
import dev.cascadefarm.standalone.render.JobFailedException;
import dev.cascadefarm.standalone.render.JobView;
import dev.cascadefarm.standalone.render.RenderRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code farm vary}: a picture becomes others that show the same, drawn from its embedding; prints
 * their paths.
 */
@Command(
    mixinStandardHelpOptions = true,
    name = "vary",
    description = {
      "Draw variations of a picture, from its embedding alone;",
      "prints the path of each."
    })
final class VaryCommand implements Callable<Integer> {
  /** The API wants words; no stage of such a cascade hears them. */
  private static final String UNHEARD = "a variation of a picture";

  @Parameters(paramLabel = "IMAGE", description = "PNG or JPEG picture")
  private Path image = Path.of("");

  @Option(names = "-n", paramLabel = "N", description = "number of variations (default: 1)")
  private @Nullable Long n;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "seed of the first variation; the next ones count up (default: drawn)")
  private @Nullable Long seed;

  @Mixin private final UnclipOptions unclip = new UnclipOptions();
  @Mixin private final ServerOptions server = new ServerOptions();
  @Mixin private final CommonOptions common = new CommonOptions();

  private final Console console;

  VaryCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    RenderRequest request = request();
    Aspect how = unclip.aspect();
    FarmConfig config = common.load(console, server.flags(), "warn");
    Picture picture = new InitImageOptions.Source("IMAGE", image, how).read(config);
    Optional<FarmClient.Access> remote = ServerOptions.access(config);
    if (remote.isPresent()) {
      return vary(request, picture, remote.get());
    }
    try (EmbeddedFarm farm = EmbeddedFarm.temporary(config, request.cascade())) {
      return vary(request, picture, ServerOptions.access(farm));
    }
  }

  private RenderRequest request() {
    String name = unclip.cascade() + "-vary";
    return new RenderRequest(name, UNHEARD, null, n, seed, null, unclip.settings());
  }

  private int vary(RenderRequest request, Picture picture, FarmClient.Access access)
      throws IOException {
    try (ClientSession session = ClientSession.open(access)) {
      JobRender jobs = new JobRender(console, session.client(), unclip.out(), false);
      String upload = picture.upload(session.client());
      String job = jobs.submit(request.with(RequestField.INIT_IMAGE, upload));
      console.err().println("job " + job);
      JobView ended = jobs.follow(job);
      if (!ended.succeeded()) {
        throw new JobFailedException(ended);
      }
      jobs.save(ended, UNHEARD).forEach(console.out()::println);
      return ExitCode.DONE;
    }
  }
}
