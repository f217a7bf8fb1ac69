package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.diffusion.scenes.OracleReport;
import dev.cascadefarm.standalone.client.FarmClient;
import dev.cascadefarm.standalone.config.FarmConfig;
import dev.cascadefarm.standalone.pictures.PictureFolder;
import dev.cascadefarm.standalone.process.EmbeddedFarm;
import dev.cascadefarm.standalone.score.CascadeScore;
import dev.cascadefarm.standalone.score.PictureCaption;
import dev.cascadefarm.standalone.score.PictureJudge;
import dev.cascadefarm.standalone.score.UnknownStageException;
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

/** {@code farm score}: the oracle's verdict on pictures, or on a cascade through the farm. */
@Command(
    mixinStandardHelpOptions = true,
    name = "score",
    description =
        "Judge pictures by their captions, or, without pictures, a cascade by rendering captions"
            + " through the farm.")
final class ScoreCommand implements Callable<Integer> {
  @Parameters(paramLabel = "PICTURE", description = "PNG files")
  private List<Path> pictures = new ArrayList<>();

  @Option(
      names = "--caption",
      paramLabel = "CAPTION",
      description = "what the pictures should show (default: what they say themselves)")
  private @Nullable String caption;

  @Option(names = "--cascade", paramLabel = "NAME", description = "cascade (default: scenes)")
  private String cascade = "scenes";

  @Option(names = "--count", paramLabel = "N", description = "captions (default: 100)")
  private int count = 100;

  @Option(
      names = "--stage",
      paramLabel = "STAGE",
      description = "whose pictures are judged, for example sr64 (default: the last)")
  private @Nullable String stage;

  @Option(
      names = "--failures",
      paramLabel = "DIR",
      description = "where pictures with something wrong are written (default: nowhere)")
  private @Nullable Path failures;

  @Mixin private final SceneOptions scenes = new SceneOptions();
  @Mixin private final ServerOptions server = new ServerOptions();
  @Mixin private final CommonOptions common = new CommonOptions();

  private final Console console;

  ScoreCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    if (count < 1) {
      throw new UsageException("--count: " + count + " (expected: 1 or more)");
    }
    if (!pictures.isEmpty()) {
      return judge();
    }
    CascadeScore.Captions captions =
        new CascadeScore.Captions(scenes.sampler(), scenes.wording(), count);
    FarmConfig config = common.load(console, server.flags(), "warn");
    Optional<FarmClient.Access> remote = ServerOptions.access(config);
    if (remote.isPresent()) {
      return score(captions, remote.get());
    }
    try (EmbeddedFarm farm = EmbeddedFarm.temporary(config, cascade)) {
      return score(captions, ServerOptions.access(farm));
    }
  }

  private int judge() {
    for (Path picture : pictures) {
      console.out().println(picture + ": " + judge(picture));
    }
    return ExitCode.DONE;
  }

  private String judge(Path picture) {
    if (!Files.isRegularFile(picture)) {
      throw new UsageException(picture + ": missing (expected: a PNG file)");
    }
    try {
      byte[] png = Files.readAllBytes(picture);
      String said =
          caption == null ? PictureCaption.of(png).orElseThrow(() -> mute(picture)) : caption;
      return PictureJudge.describe(png, said);
    } catch (IOException e) {
      throw new UsageException(picture + ": " + e.getMessage() + " (expected: a PNG file)", e);
    }
  }

  private int score(CascadeScore.Captions captions, FarmClient.Access access) throws IOException {
    try (ClientSession session = ClientSession.open(access)) {
      CascadeScore.Result result =
          new CascadeScore(session.client(), cascade, stage).run(captions, console.progress());
      console.out().print(OracleReport.of(result.verdicts()).table());
      console
          .out()
          .printf("%-20s %s%n", "exact, swapped", OracleReport.of(result.swapped()).exact());
      if (failures != null) {
        PictureFolder folder = new PictureFolder(failures);
        for (int i = 0; i < result.failures().size(); i++) {
          folder.write(i, result.failures().get(i));
        }
      }
      return ExitCode.DONE;
    } catch (UnknownStageException e) {
      throw new UsageException("--" + e.getMessage(), e);
    }
  }

  private static UsageException mute(Path picture) {
    return new UsageException(
        picture + ": says nothing of its caption (expected: a picture of the farm, or --caption)");
  }
}
