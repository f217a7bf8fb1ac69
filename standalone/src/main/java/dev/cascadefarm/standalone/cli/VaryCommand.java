package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.coordinator.upload.Aspect;
import dev.cascadefarm.standalone.cli.InitImageOptions.Picture;
import dev.cascadefarm.standalone.client.FarmClient;
import dev.cascadefarm.standalone.config.FarmConfig;
import dev.cascadefarm.standalone.process.EmbeddedFarm;
import dev.cascadefarm.standalone.render.JobFailedException;
import dev.cascadefarm.standalone.render.JobView;
import dev.cascadefarm.standalone.render.RenderRequest;
import dev.cascadefarm.standalone.render.StageSetting;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

  @Option(
      names = "--cascade",
      paramLabel = "NAME",
      description = "an unCLIP cascade, of which NAME-vary is run (default: scenes-unclip)")
  private String cascade = "scenes-unclip";

  @Option(
      names = "--set",
      paramLabel = "STAGE.KEY=VALUE",
      description = "a setting of a stage, for example decoder.guidance=2; may be repeated")
  private List<String> settings = new ArrayList<>();

  @Option(
      names = "--aspect",
      paramLabel = "HOW",
      description =
          "how a picture that is not square becomes one: centre-crop or fit (default: centre-crop)")
  private String aspect = Aspect.CENTRE_CROP.word();

  @Option(names = "--out", paramLabel = "DIR", description = "folder (default: renders)")
  private Path out = Path.of("renders");

  @Mixin private final ServerOptions server = new ServerOptions();
  @Mixin private final CommonOptions common = new CommonOptions();

  private final Console console;

  VaryCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    RenderRequest request = request();
    Aspect how = aspect();
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
    try {
      List<StageSetting> set = settings.stream().map(StageSetting::parse).toList();
      return new RenderRequest(cascade + "-vary", UNHEARD, null, n, seed, null, set);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--set: " + e.getMessage(), e);
    }
  }

  private Aspect aspect() {
    try {
      return Aspect.of(aspect);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--aspect: " + e.getMessage(), e);
    }
  }

  private int vary(RenderRequest request, Picture picture, FarmClient.Access access)
      throws IOException {
    try (ClientSession session = ClientSession.open(access)) {
      JobRender jobs = new JobRender(console, session.client(), out, false);
      String job = jobs.submit(request.withInitImage(picture.upload(session.client())));
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
