package dev.cascadefarm.diffusion.imagen;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The architectures MinImagen names. The two for tests are small, as their defaults say. */
public enum UnetPreset {
  /** Draws a small picture. */
  BASE("Base") {
    @Override
    public UnetConfig.Builder builder() {
      return UnetConfig.builder()
          .dim(512)
          .dimMults(1, 2, 3, 4)
          .numResnetBlocks(3)
          .layerAttns(false, true, true, true)
          .layerCrossAttns(false, true, true, true);
    }
  },
  /** Enlarges a picture. */
  SUPER("Super") {
    @Override
    public UnetConfig.Builder builder() {
      return UnetConfig.builder()
          .dim(128)
          .dimMults(1, 2, 4, 8)
          .numResnetBlocks(2, 4, 8, 8)
          .layerAttns(false, false, false, true)
          .layerCrossAttns(false, false, false, true)
          .memoryEfficient(true);
    }
  },
  /** A base stage for tests. */
  BASE_TEST("BaseTest") {
    @Override
    public UnetConfig.Builder builder() {
      return UnetConfig.builder()
          .dim(8)
          .dimMults(1, 2)
          .numResnetBlocks(1)
          .layerAttns(false)
          .layerCrossAttns(false);
    }
  },
  /** A super-resolution stage for tests. */
  SUPER_TEST("SuperTest") {
    @Override
    public UnetConfig.Builder builder() {
      return UnetConfig.builder()
          .dim(8)
          .dimMults(1, 2)
          .numResnetBlocks(1, 2)
          .layerAttns(false)
          .layerCrossAttns(false)
          .memoryEfficient(true);
    }
  };

  private final String minImagenName;

  UnetPreset(String minImagenName) {
    this.minImagenName = minImagenName;
  }

  /** MinImagen's name of the class. */
  public String minImagenName() {
    return minImagenName;
  }

  /** The preset's arguments; a super-resolution stage still has to be told {@code lowresCond}. */
  public abstract UnetConfig.Builder builder();

  /** The preset of that name in MinImagen. */
  public static UnetPreset of(String minImagenName) {
    return Arrays.stream(values())
        .filter(each -> each.minImagenName.equals(minImagenName))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "preset: %s (expected: %s)"
                        .formatted(
                            minImagenName,
                            Arrays.stream(values())
                                .map(UnetPreset::minImagenName)
                                .collect(Collectors.joining(", ")))));
  }
}
