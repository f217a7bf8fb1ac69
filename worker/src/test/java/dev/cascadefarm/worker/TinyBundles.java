package dev.cascadefarm.worker;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.InstalledBundle;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.cascade.StageBundle.Per;
import dev.cascadefarm.common.cascade.TensorSpec;
import dev.cascadefarm.common.json.WireJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Bundles on disk whose weights are a few words, for stages that are faked. */
final class TinyBundles {
  private static final TensorSpec TEXT = new TensorSpec("text", "U8", List.of());
  private static final TensorSpec IMAGE = new TensorSpec("image", "F32", List.of("3", "8", "8"));
  private static final TensorSpec TENSORS = new TensorSpec("tensors", "F32", List.of("N", "E"));

  private TinyBundles() {}

  static InstalledBundle text(Path folder) {
    return bundle(
        folder,
        "tiny-text",
        Per.JOB,
        Map.of("prompt", TEXT, "negative", TEXT),
        Map.of("embedding", TENSORS));
  }

  static InstalledBundle base(Path folder) {
    return bundle(
        folder, "tiny-base", Per.IMAGE, Map.of("embedding", TENSORS), Map.of("image", IMAGE));
  }

  static InstalledBundle superResolution(Path folder) {
    return bundle(
        folder,
        "tiny-sr",
        Per.IMAGE,
        Map.of("embedding", TENSORS, "image", IMAGE),
        Map.of("image", IMAGE));
  }

  private static InstalledBundle bundle(
      Path parent,
      String name,
      Per per,
      Map<String, TensorSpec> inputs,
      Map<String, TensorSpec> outputs) {
    byte[] weights = ("weights of " + name).getBytes(StandardCharsets.UTF_8);
    StageBundle bundle =
        new StageBundle(
            new BundleId(name, 1),
            "fake",
            per,
            inputs,
            outputs,
            8,
            1,
            WireJson.object(),
            WireJson.object(),
            WireJson.object(),
            "float32",
            Map.of(StageBundle.WEIGHTS, sha256(weights)),
            "Apache-2.0",
            WireJson.object());
    byte[] description = WireJson.write(bundle).getBytes(StandardCharsets.UTF_8);
    Path folder = parent.resolve(name);
    try {
      Files.createDirectories(folder);
      Files.write(folder.resolve(StageBundle.WEIGHTS), weights);
      Files.write(folder.resolve(StageBundle.FILE), description);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return new InstalledBundle(bundle, sha256(description), folder);
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
