package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.common.cascade.RequestField;
import dev.cascadefarm.standalone.cli.InitImageOptions.Picture;
import dev.cascadefarm.standalone.cli.SweepRender.Sheet;
import dev.cascadefarm.standalone.client.FarmClient;
import dev.cascadefarm.standalone.config.FarmConfig;
import dev.cascadefarm.standalone.process.EmbeddedFarm;
import dev.cascadefarm.standalone.render.JobFailedException;
import dev.cascadefarm.standalone.render.JobView;
import dev.cascadefarm.standalone.render.RenderRequest;
import dev.cascadefarm.standalone.render.StageSetting;
import dev.cascadefarm.standalone.render.Sweep;
import dev.cascadefarm.standalone.render.Sweep.Variant;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code farm render}: a caption becomes pictures; prints the paths of the final ones. */
@Command(
    mixinStandardHelpOptions = true,
    name = "render",
    description = "Render a caption; prints the path of each final picture.")
final class RenderCommand implements Callable<Integer> {
  @Parameters(paramLabel = "CAPTION", description = "what to draw")
  private String caption = "";

  @Option(names = "-n", paramLabel = "N", description = "number of images (default: 1)")
  private @Nullable Long n;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "seed of the first image; the next ones count up (default: drawn)")
  private @Nullable Long seed;

  @Option(names = "--cascade", paramLabel = "NAME", description = "cascade (default: scenes)")
  private String cascade = "scenes";

  @Option(names = "--negative", paramLabel = "CAPTION", description = "what not to draw")
  private @Nullable String negative;

  @Option(
      names = "--set",
      paramLabel = "STAGE.KEY=VALUE",
      description = "a setting of a stage, for example base.steps=20; may be repeated")
  private List<String> settings = new ArrayList<>();

  @Option(
      names = "--sweep",
      paramLabel = "STAGE.KEY=V1,V2,...",
      description =
          "render once with each of these values and print the path of a sheet that shows them"
              + " side by side; may be repeated: every combination, at most 64")
  private List<String> sweeps = new ArrayList<>();

  @Option(names = "--out", paramLabel = "DIR", description = "folder (default: renders)")
  private Path out = Path.of("renders");

  @Option(names = "--score", description = "let the oracle judge the pictures")
  private boolean score;

  private final SecureRandom random = new SecureRandom();

  @Mixin private final InitImageOptions initImage = new InitImageOptions();
  @Mixin private final ServerOptions server = new ServerOptions();
  @Mixin private final CommonOptions common = new CommonOptions();

  private final Console console;

  RenderCommand(Console console) {
    this.console = console;
  }

  /** What is done once there is a farm. */
  private interface Rendering {
    int run(JobRender jobs, UnaryOperator<RenderRequest> complete) throws IOException;
  }

  @Override
  public Integer call() throws IOException {
    Rendering rendering = rendering(request());
    FarmConfig config = common.load(console, server.flags(), "warn");
    Optional<Picture> picture = initImage.read(config);
    Optional<FarmClient.Access> remote = ServerOptions.access(config);
    if (remote.isPresent()) {
      return render(rendering, picture, remote.get());
    }
    try (EmbeddedFarm farm = EmbeddedFarm.temporary(config, cascade)) {
      return render(rendering, picture, ServerOptions.access(farm));
    }
  }

  private RenderRequest request() {
    Captions.require("CAPTION", caption);
    List<StageSetting> set = SetOption.read(settings);
    return new RenderRequest(cascade, caption, negative, n, seed(), null, set);
  }

  /** The jobs of a sweep share their seed, so it is drawn here; that of one job by the farm. */
  private @Nullable Long seed() {
    return seed == null && !sweeps.isEmpty() ? Long.valueOf(Seeds.draw(random)) : seed;
  }

  private Rendering rendering(RenderRequest request) {
    if (sweeps.isEmpty()) {
      return (jobs, complete) -> one(jobs, complete.apply(request));
    }
    try {
      Sweep sweep = Sweep.parse(sweeps);
      List<Variant> variants = sweep.variants(request);
      String title = "seed " + request.seed() + ": " + request.prompt();
      Sheet sheet = new Sheet("sweep", title, sweep.lastSize());
      return (jobs, complete) -> new SweepRender(jobs, completed(variants, complete), sheet).run();
    } catch (IllegalArgumentException e) {
      throw new UsageException("--sweep: " + e.getMessage(), e);
    }
  }

  private static List<Variant> completed(
      List<Variant> variants, UnaryOperator<RenderRequest> complete) {
    return variants.stream()
        .map(variant -> new Variant(variant.label(), complete.apply(variant.request())))
        .toList();
  }

  private int render(Rendering rendering, Optional<Picture> picture, FarmClient.Access access)
      throws IOException {
    try (ClientSession session = ClientSession.open(access)) {
      Optional<String> upload = picture.map(each -> each.upload(session.client()));
      return rendering.run(
          new JobRender(console, session.client(), out, score),
          request -> upload.map(id -> request.with(RequestField.INIT_IMAGE, id)).orElse(request));
    }
  }

  private int one(JobRender jobs, RenderRequest request) throws IOException {
    String job = jobs.submit(request);
    console.err().println("job " + job);
    JobView ended = jobs.follow(job);
    if (!ended.succeeded()) {
      throw new JobFailedException(ended);
    }
    jobs.save(ended, caption).forEach(console.out()::println);
    return ExitCode.DONE;
  }
}
