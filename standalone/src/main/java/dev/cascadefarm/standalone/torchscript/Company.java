package dev.cascadefarm.standalone.torchscript;

import static dev.cascadefarm.standalone.install.BetweenStages.EMBEDS;
import static dev.cascadefarm.standalone.install.BetweenStages.IMAGE;
import static dev.cascadefarm.standalone.install.BetweenStages.LATENTS;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.cascade.CascadeStage;
import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.cascade.InstalledBundle;
import dev.cascadefarm.common.cascade.RequestField;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.diffusion.torchscript.GuestStage;
import dev.cascadefarm.diffusion.torchscript.GuestStage.Kind;
import dev.cascadefarm.diffusion.torchscript.TorchScriptException;
import dev.cascadefarm.standalone.install.TextStage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The stages of a catalogue that a new diffusion stage is to work with.
 *
 * @param text encodes the captions that it hears
 * @param decoder makes pictures of the latents that it draws
 * @param after name of a cascade whose pictures it enlarges, and whose captions it hears
 */
public record Company(Optional<BundleId> text, Optional<BundleId> decoder, Optional<String> after) {
  private static final int VERSION = 1;

  /**
   * The cascade of a new stage, named as its bundle; none of a stage that draws nothing.
   *
   * @throws TorchScriptException if it needs other company, or has no use for some of it
   */
  Optional<Cascade> cascade(Path catalogue, StageBundle bundle, StageDescription said) {
    if (said.kind() == Kind.DIFFUSION) {
      return Optional.of(cascade(installed(catalogue), bundle, said.stage()));
    }
    String why = "absent, as a %s is a stage for others".formatted(said.kind().word());
    require(text.isEmpty(), "--text", why);
    require(decoder.isEmpty(), "--decoder", why);
    require(after.isEmpty(), "--after", why);
    return Optional.empty();
  }

  private Cascade cascade(Catalogue installed, StageBundle bundle, GuestStage stage) {
    List<CascadeStage> stages = new ArrayList<>(before(installed));
    String picture =
        stages.isEmpty()
            ? RequestField.INIT_IMAGE.source()
            : stages.get(stages.size() - 1).name() + "." + IMAGE;
    Map<String, String> inputs = new TreeMap<>();
    if (bundle.inputs().containsKey(EMBEDS)) {
      inputs.put(EMBEDS, textStage(installed, stages) + "." + EMBEDS);
    } else {
      require(text.isEmpty(), "--text", "absent, as the stage hears no captions");
    }
    if (bundle.inputs().containsKey(IMAGE)) {
      inputs.put(IMAGE, picture);
    } else {
      require(after.isEmpty(), "--after", "absent, as the stage enlarges no picture");
    }
    String name = fresh(stages, stage.latents() ? "latent" : name(bundle));
    stages.add(new CascadeStage(name, bundle.id(), inputs));
    if (stage.latents()) {
      BundleId last = decoder.orElseThrow(() -> missing("--decoder", "the stage draws latents"));
      stages.add(
          new CascadeStage(fresh(stages, "vae"), last, Map.of(LATENTS, name + "." + LATENTS)));
    } else {
      require(decoder.isEmpty(), "--decoder", "absent, as the stage draws pictures");
    }
    String description = "A TorchScript file, of side %d".formatted(bundle.imageSize());
    Cascade cascade = new Cascade(bundle.id().name(), VERSION, description, stages);
    requireFit(installed, bundle, cascade);
    return cascade;
  }

  private static Catalogue installed(Path catalogue) {
    return Files.isDirectory(catalogue)
        ? Catalogue.read(catalogue)
        : Catalogue.of(List.of(), List.of());
  }

  /** Early, before the file is run. */
  private static void requireFit(Catalogue installed, StageBundle bundle, Cascade cascade) {
    List<InstalledBundle> all = new ArrayList<>(installed.bundles());
    all.add(new InstalledBundle(bundle, "", Path.of("")));
    Catalogue.of(all, List.of(cascade));
  }

  private List<CascadeStage> before(Catalogue installed) {
    return after
        .map(
            name ->
                installed
                    .cascade(name)
                    .orElseThrow(
                        () ->
                            new TorchScriptException(
                                "--after: %s (expected: one of %s)"
                                    .formatted(
                                        name,
                                        installed.cascades().stream().map(Cascade::id).toList())))
                    .stages())
        .orElse(List.of());
  }

  /** Name of the stage whose captions are heard; one that is there already is shared. */
  private String textStage(Catalogue installed, List<CascadeStage> stages) {
    Optional<CascadeStage> there =
        stages.stream()
            .filter(
                each ->
                    text.map(each.bundle()::equals)
                        .orElseGet(
                            () ->
                                installed
                                    .bundle(each.bundle())
                                    .bundle()
                                    .outputs()
                                    .containsKey(EMBEDS)))
            .findFirst();
    if (there.isPresent()) {
      return there.get().name();
    }
    BundleId bundle = text.orElseThrow(() -> missing("--text", "the stage hears captions"));
    CascadeStage stage = new CascadeStage(fresh(stages, "text"), bundle, TextStage.PROMPTS);
    stages.add(stage);
    return stage.name();
  }

  private static String name(StageBundle bundle) {
    return bundle.inputs().containsKey(IMAGE) ? "sr" + bundle.imageSize() : "base";
  }

  private static String fresh(List<CascadeStage> stages, String wanted) {
    boolean taken = stages.stream().anyMatch(each -> each.name().equals(wanted));
    return taken ? wanted + "-" + stages.size() : wanted;
  }

  private static TorchScriptException missing(String option, String why) {
    return new TorchScriptException(
        "%s: missing (expected: NAME@VERSION of an installed bundle, as %s)"
            .formatted(option, why));
  }

  private static void require(boolean fits, String option, String expected) {
    if (!fits) {
      throw new TorchScriptException("%s: given (expected: %s)".formatted(option, expected));
    }
  }
}
