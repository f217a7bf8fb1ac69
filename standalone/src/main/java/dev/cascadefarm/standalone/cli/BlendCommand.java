package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.coordinator.upload.Aspect;
import dev.cascadefarm.standalone.cli.SweepRender.Sheet;
import dev.cascadefarm.standalone.client.FarmClient;
import dev.cascadefarm.standalone.config.FarmConfig;
import dev.cascadefarm.standalone.process.EmbeddedFarm;
import dev.cascadefarm.standalone.render.Blend;
import dev.cascadefarm.standalone.render.RenderRequest;
import dev.cascadefarm.standalone.render.StageSetting;
import dev.cascadefarm.standalone.render.Sweep.Variant;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code farm blend}: pictures on the way from one picture or caption to another, drawn from what
 * lies between their embeddings; prints the path of the sheet that shows them.
 */
@Command(
    mixinStandardHelpOptions = true,
    name = "blend",
    description = {
      "Draw the way from one picture or caption to another, step by step;",
      "prints the path of a sheet that shows the steps side by side."
    })
final class BlendCommand implements Callable<Integer> {
  /** The API wants words; between two pictures no stage hears them. */
  private static final String UNHEARD = "between two pictures";

  @Parameters(
      index = "0",
      paramLabel = "A",
      description =
          "where to start: a PNG or JPEG picture, which exists or ends in .png, .jpg or .jpeg;"
              + " or else a caption")
  private String a = "";

  @Parameters(index = "1", paramLabel = "B", description = "where to end, of either sort")
  private String b = "";

  @Option(
      names = "--steps",
      paramLabel = "K",
      description = "number of pictures, both ends among them, 2 to 64 (default: 5)")
  private int steps = 5;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "seed of every picture (default: drawn)")
  private @Nullable Long seed;

  private final SecureRandom random = new SecureRandom();

  @Mixin private final UnclipOptions unclip = new UnclipOptions();
  @Mixin private final ServerOptions server = new ServerOptions();
  @Mixin private final CommonOptions common = new CommonOptions();

  private final Console console;

  BlendCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    List<StageSetting> settings = unclip.settings();
    Aspect aspect = unclip.aspect();
    FarmConfig config = common.load(console, server.flags(), "warn");
    BlendEnd start = BlendEnd.read("A", a, aspect, config);
    BlendEnd end = BlendEnd.read("B", b, aspect, config);
    Way way = way(start, end, settings);
    Optional<FarmClient.Access> remote = ServerOptions.access(config);
    if (remote.isPresent()) {
      return draw(way, remote.get());
    }
    try (EmbeddedFarm farm = EmbeddedFarm.temporary(config, way.cascade())) {
      return draw(way, ServerOptions.access(farm));
    }
  }

  /** What is to be drawn, but for the pictures that the farm has not seen yet. */
  private record Way(BlendEnd start, BlendEnd end, Blend blend, RenderRequest request) {
    String cascade() {
      return request.cascade();
    }

    String title() {
      return "seed %d: %s to %s".formatted(request.seed(), start.name(), end.name());
    }

    List<Variant> variants(FarmClient client) {
      RenderRequest whole =
          request
              .with(blend.fieldOfA(), start.given(client))
              .with(blend.fieldOfB(), end.given(client));
      return blend.variants(whole);
    }
  }

  private Way way(BlendEnd start, BlendEnd end, List<StageSetting> settings) {
    Blend blend = blend(start, end);
    requireApart(blend, settings);
    String name = blend.ends().cascade(unclip.cascade());
    long drawn = seed == null ? Seeds.draw(random) : seed;
    RenderRequest request = new RenderRequest(name, UNHEARD, null, null, drawn, null, settings);
    return new Way(start, end, blend, request);
  }

  private Blend blend(BlendEnd start, BlendEnd end) {
    try {
      return new Blend(start.medium(), end.medium(), steps);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--steps: " + e.getMessage(), e);
    }
  }

  private static void requireApart(Blend blend, List<StageSetting> settings) {
    try {
      blend.requireApart(settings);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--set: " + e.getMessage(), e);
    }
  }

  private int draw(Way way, FarmClient.Access access) throws IOException {
    try (ClientSession session = ClientSession.open(access)) {
      JobRender jobs = new JobRender(console, session.client(), unclip.out(), false);
      List<Variant> variants = way.variants(session.client());
      Sheet sheet = new Sheet("blend", way.title(), variants.size());
      return new SweepRender(jobs, variants, sheet).run();
    }
  }
}
