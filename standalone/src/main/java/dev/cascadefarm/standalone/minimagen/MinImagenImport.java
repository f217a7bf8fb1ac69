package dev.cascadefarm.standalone.minimagen;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.minimagen.ImagenArguments;
import dev.cascadefarm.diffusion.minimagen.MinImagen;
import dev.cascadefarm.diffusion.minimagen.TrainingDirectory;
import dev.cascadefarm.diffusion.minimagen.TrainingDirectoryException;
import dev.cascadefarm.diffusion.runner.BundleFiles;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import dev.cascadefarm.diffusion.t5.T5Folder;
import dev.cascadefarm.diffusion.t5.T5TextConfig;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.standalone.install.BundleDraft;
import dev.cascadefarm.standalone.install.CascadeInstallation;
import dev.cascadefarm.standalone.install.LinearCascade;
import dev.cascadefarm.standalone.install.Origin;
import dev.cascadefarm.standalone.install.TextStage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A training directory of MinImagen and the T5 it was trained with, about to become a cascade: a
 * stage {@code text}, the first U-Net as {@code base}, every other as {@code srN}, N its side.
 * Immutable; {@link #install} belongs on the engine thread.
 *
 * @param name of the cascade that it becomes
 */
public record MinImagenImport(TrainingDirectory directory, T5Folder t5, String name) {
  /** Of a cascade's name: room is left for its bundles', {@code NAME-STAGE}. */
  public static final String NAME_FORM = "[a-z0-9][a-z0-9-]{0,47}";

  private static final int VERSION = 1;
  private static final String TEXT = "text";

  /** Nobody has said under which licence the weights are. */
  private static final String LICENCE = "NOASSERTION";

  /**
   * Checks everything but the weights.
   *
   * @param t5 folder of the T5's files
   * @param name of the cascade, of the form {@link #NAME_FORM}
   * @throws TrainingDirectoryException if the directory is not as it should be
   * @throws dev.cascadefarm.diffusion.t5.T5FilesException if the T5 is missing or another one
   */
  public static MinImagenImport open(Path folder, Path t5, String name) {
    TrainingDirectory directory = TrainingDirectory.open(folder);
    ImagenArguments imagen = directory.model().imagen();
    if (imagen.channels() != UnetStages.CHANNELS) {
      throw new TrainingDirectoryException(
          "%s: channels: %d (expected: %d, the farm's pictures are RGB)"
              .formatted(folder, imagen.channels(), UnetStages.CHANNELS));
    }
    T5Folder files = T5Folder.open(t5, imagen.encoder(), imagen.textWidth());
    files.config();
    return new MinImagenImport(directory, files, name);
  }

  /**
   * Writes the bundles and the cascade, all or nothing.
   *
   * @param reports hears a line for every stage that is written
   * @throws dev.cascadefarm.common.cascade.InvalidCatalogueException if the name is taken
   * @throws dev.cascadefarm.diffusion.weights.WeightsException if weights are damaged or do not fit
   */
  public Cascade install(Path catalogue, Consumer<String> reports) throws IOException {
    Cascade cascade = cascade();
    try (CascadeInstallation installation = CascadeInstallation.begin(catalogue, cascade)) {
      List<String> names = stages();
      for (int i = 0; i < names.size(); i++) {
        reports.accept(names.get(i) + ": U-Net " + i);
        installUnet(installation, names.get(i), i);
      }
      reports.accept(TEXT + ": " + t5.name().id());
      installText(installation);
      installation.finish();
    }
    return cascade;
  }

  private MinImagen model() {
    return directory.model();
  }

  /** Names of the U-Nets' stages; of two that draw the same size, the second one is counted. */
  private List<String> stages() {
    List<String> names = new ArrayList<>();
    List<Integer> sides = model().imagen().imageSizes();
    for (int i = 0; i < sides.size(); i++) {
      String name = i == 0 ? "base" : "sr" + sides.get(i);
      names.add(names.contains(name) ? name + "-" + i : name);
    }
    return names;
  }

  private Cascade cascade() {
    List<String> names = new ArrayList<>(List.of(TEXT));
    names.addAll(stages());
    String description =
        "MinImagen, trained %s, sides %s"
            .formatted(directory.timestamp(), model().imagen().imageSizes());
    return new Cascade(name, VERSION, description, LinearCascade.stages(names, this::bundle));
  }

  private BundleId bundle(String stage) {
    return new BundleId(name + "-" + stage, VERSION);
  }

  private void installUnet(CascadeInstallation installation, String stage, int index) {
    Origin origin = new Origin(LICENCE, provenance().put("unet", index));
    UnetStages.of(model(), index)
        .write(
            installation.draft(bundle(stage), origin),
            new BundleFiles.Weights(directory.weights(index), ElementType.F32));
  }

  private void installText(CascadeInstallation installation) throws IOException {
    Origin origin = new Origin(LICENCE, provenance().put("t5", t5.name().id()));
    BundleDraft draft = installation.draft(bundle(TEXT), origin);
    T5TextConfig config = BundleFiles.writeT5(draft.folder(), t5, model().config(0).maxTextLen());
    new TextStage(TorchStageLoader.T5_KIND, WireJson.MAPPER.valueToTree(config)).seal(draft);
  }

  private ObjectNode provenance() {
    ObjectNode provenance =
        WireJson.object()
            .put("command", "farm import minimagen --name " + name)
            .put(
                "training_directory", directory.folder().toAbsolutePath().getFileName().toString());
    return provenance.set("arguments", WireJson.MAPPER.valueToTree(directory.arguments()));
  }
}
