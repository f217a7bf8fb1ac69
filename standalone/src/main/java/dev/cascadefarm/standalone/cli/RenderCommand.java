package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.standalone.client.FarmClient;
import dev.cascadefarm.standalone.config.FarmConfig;
import dev.cascadefarm.standalone.process.EmbeddedFarm;
import dev.cascadefarm.standalone.progress.ProgressDisplay;
import dev.cascadefarm.standalone.render.JobView;
import dev.cascadefarm.standalone.render.JobWatch;
import dev.cascadefarm.standalone.render.Pictures;
import dev.cascadefarm.standalone.render.RenderRequest;
import dev.cascadefarm.standalone.render.StageSetting;
import dev.cascadefarm.standalone.score.PictureJudge;
import java.io.IOException;
import java.nio.file.Files;
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

/** {@code farm render}: a caption becomes pictures; prints the paths of the final ones. */
@Command(
    mixinStandardHelpOptions = true,
    name = "render",
    description = "Render a caption; prints the path of each final picture.")
final class RenderCommand implements Callable<Integer> {
  /** What the JVM puts where an argument is not valid UTF-8. */
  private static final char REPLACEMENT = '\uFFFD';

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

  @Option(names = "--out", paramLabel = "DIR", description = "folder (default: renders)")
  private Path out = Path.of("renders");

  @Option(names = "--score", description = "let the oracle judge the pictures")
  private boolean score;

  @Mixin private final ServerOptions server = new ServerOptions();
  @Mixin private final CommonOptions common = new CommonOptions();

  private final Console console;

  RenderCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    RenderRequest request = request();
    FarmConfig config = common.load(console, server.flags(), "warn");
    Optional<FarmClient.Access> remote = ServerOptions.access(config);
    if (remote.isPresent()) {
      return render(request, remote.get());
    }
    try (EmbeddedFarm farm = EmbeddedFarm.temporary(config, cascade)) {
      return render(request, ServerOptions.access(farm));
    }
  }

  private RenderRequest request() {
    if (caption.indexOf(REPLACEMENT) >= 0) {
      throw new UsageException("CAPTION: " + caption + " (expected: valid UTF-8)");
    }
    try {
      List<StageSetting> set = settings.stream().map(StageSetting::parse).toList();
      return new RenderRequest(cascade, caption, negative, n, seed, null, set);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--set: " + e.getMessage(), e);
    }
  }

  private int render(RenderRequest request, FarmClient.Access access) throws IOException {
    try (ClientSession session = ClientSession.open(access)) {
      FarmClient client = session.client();
      String job = client.submit(request.toJson()).await().path("id").asText();
      console.err().println("job " + job);
      JobView ended = watch(client, job);
      for (Path picture : new Pictures(client).save(ended, out)) {
        judge(picture);
        console.out().println(picture);
      }
      return ExitCode.DONE;
    }
  }

  private JobView watch(FarmClient client, String job) {
    try (ProgressDisplay display = console.progress()) {
      return new JobWatch(client, display).await(job);
    }
  }

  private void judge(Path picture) throws IOException {
    if (score) {
      String verdict = PictureJudge.describe(Files.readAllBytes(picture), caption);
      console.err().println("score " + picture.getFileName() + ": " + verdict);
    }
  }
}
