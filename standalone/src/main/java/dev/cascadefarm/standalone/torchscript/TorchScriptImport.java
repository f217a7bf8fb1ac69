package dev.cascadefarm.standalone.torchscript;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.BundleWriter;
import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.cascade.StageSettings;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.runner.GuestBundle;
import dev.cascadefarm.diffusion.scratch.ScratchFolder;
import dev.cascadefarm.diffusion.torchscript.TorchScriptException;
import dev.cascadefarm.diffusion.torchscript.TorchScriptFile;
import dev.cascadefarm.diffusion.weights.WeightsException;
import dev.cascadefarm.standalone.install.CascadeInstallation;
import dev.cascadefarm.standalone.install.Origin;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A described TorchScript file about to become a bundle and, with others, a cascade. Immutable. */
public final class TorchScriptImport {
  private static final int VERSION = 1;

  /** Reading some gigabytes and a few calls on a slow machine. */
  private static final Duration DEADLINE = Duration.ofMinutes(30);

  private final Path path;
  private final StageDescription description;
  private final GuestBundle bundle;
  private final StageBundle draft;

  private TorchScriptImport(
      Path path, StageDescription description, GuestBundle bundle, StageBundle draft) {
    this.path = path;
    this.description = description;
    this.bundle = bundle;
    this.draft = draft;
  }

  /**
   * Checks all that can be known without running the file.
   *
   * @param name of the bundle, and of the cascade
   * @throws TorchScriptException if the file, or its description, cannot be used
   */
  public static TorchScriptImport open(Path file, Path description, String name) {
    StageDescription said = StageDescription.read(description);
    GuestBundle bundle =
        new GuestBundle(
            TorchScriptFile.open(file),
            said.kind(),
            said.section(),
            said.sampling().map(GuestSampling::diffusion),
            said.tokenizer());
    bundle.file().guest(bundle.stage().call());
    BundleId id = new BundleId(name, VERSION);
    StageBundle draft = new GuestDraft(said, bundle.model(), origin(said, file, name)).of(id);
    StageSettings.of(draft);
    return new TorchScriptImport(description, said, bundle, draft);
  }

  private static Origin origin(StageDescription said, Path file, String name) {
    ObjectNode provenance =
        WireJson.object()
            .put("command", "farm import torchscript --name " + name)
            .put("file", file.toAbsolutePath().normalize().getFileName().toString());
    return new Origin(said.licence(), provenance);
  }

  /**
   * Tries the file out, in a process of its own, and writes the bundle and its cascade, all or
   * nothing.
   *
   * @param company the stages that it is to work with; absent for a bundle alone
   * @param reports hears what is done
   * @return what was written: a cascade's id, or the bundle's
   * @throws TorchScriptException if the file does not do as described
   * @throws dev.cascadefarm.common.cascade.InvalidCatalogueException if the name is taken, or the
   *     stages do not fit
   */
  public String install(Path catalogue, Optional<Company> company, Consumer<String> reports)
      throws IOException {
    Optional<Cascade> cascade =
        company.flatMap(each -> each.cascade(catalogue, draft, description));
    try (ScratchFolder scratch = ScratchFolder.create()) {
      Path answers = new TrialProcess(bundle.file().path(), path, DEADLINE).run(scratch.path());
      reports.accept(bundle.file().path() + ": does as described");
      List<Cascade> cascades = cascade.stream().toList();
      try (CascadeInstallation installation =
          CascadeInstallation.begin(catalogue, cascades, List.of(draft.id()))) {
        reports.accept("bundle %s: %s".formatted(draft.id(), draft.kind()));
        Path folder = installation.folder(draft.id());
        bundle.write(folder, answers);
        BundleWriter.seal(folder, draft);
        installation.finish();
      }
    }
    return cascade.map(Cascade::id).orElse(draft.id().toString());
  }

  /** Runs the file in this process; on the engine thread. */
  void tryOut(Path answers) {
    try {
      bundle.tryOut(description.selfTest(), answers);
    } catch (WeightsException | IllegalArgumentException e) {
      throw new TorchScriptException(bundle.file().path() + ": " + e.getMessage(), e);
    }
  }
}
