package dev.cascadefarm.diffusion.unet2d;

import dev.cascadefarm.diffusion.diffusers.DiffusersConfig;
import dev.cascadefarm.diffusion.unet2d.BlockConfig.Resample;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** The kinds of blocks, by the names that configurations give them on the way down and up. */
enum BlockKind {
  PLAIN("DownBlock2D", "UpBlock2D", Resample.CONVOLUTION),
  RESNET("ResnetDownsampleBlock2D", "ResnetUpsampleBlock2D", Resample.RESNET),
  PIXELS("AttnDownBlock2D", "AttnUpBlock2D", Resample.CONVOLUTION),
  TRANSFORMER("CrossAttnDownBlock2D", "CrossAttnUpBlock2D", Resample.CONVOLUTION),
  ADDED_KEYS("SimpleCrossAttnDownBlock2D", "SimpleCrossAttnUpBlock2D", Resample.RESNET);

  /** Those of networks without tokens. */
  static final Set<BlockKind> UNCONDITIONAL = Set.of(PLAIN, RESNET, PIXELS);

  /** Those of networks with tokens. */
  static final Set<BlockKind> CONDITIONAL = Set.of(PLAIN, RESNET, TRANSFORMER, ADDED_KEYS);

  private final String down;
  private final String up;
  private final Resample resample;

  BlockKind(String down, String up, Resample resample) {
    this.down = down;
    this.up = up;
    this.resample = resample;
  }

  /** Its way to another resolution, where the block changes it. */
  Resample resample() {
    return resample;
  }

  /** Its name on the way down. */
  String down() {
    return down;
  }

  /** Its name on the way up. */
  String up() {
    return up;
  }

  /** The blocks that {@code down_block_types} names, the highest resolution first. */
  static List<BlockKind> down(
      DiffusersConfig file, List<BlockKind> otherwise, Set<BlockKind> known) {
    return read(file, "down_block_types", BlockKind::down, otherwise, known);
  }

  /** The blocks that {@code up_block_types} names, the lowest resolution first. */
  static List<BlockKind> up(DiffusersConfig file, List<BlockKind> otherwise, Set<BlockKind> known) {
    return read(file, "up_block_types", BlockKind::up, otherwise, known);
  }

  private static List<BlockKind> read(
      DiffusersConfig file,
      String key,
      Function<BlockKind, String> name,
      List<BlockKind> otherwise,
      Set<BlockKind> known) {
    Map<String, BlockKind> kinds = new TreeMap<>();
    known.forEach(each -> kinds.put(name.apply(each), each));
    List<String> names = file.texts(key, otherwise.stream().map(name).toList());
    file.require(kinds.keySet().containsAll(names), key, "each of " + kinds.keySet());
    return names.stream().map(kinds::get).toList();
  }
}
