package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.InvalidCatalogueException;
import dev.cascadefarm.standalone.torchscript.Company;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that name the stages that an imported stage works with; filled by picocli. */
final class CompanyOptions {
  @Option(
      names = "--text",
      paramLabel = "BUNDLE@VERSION",
      description = "installed text stage whose captions it hears")
  private @Nullable String text;

  @Option(
      names = "--decoder",
      paramLabel = "BUNDLE@VERSION",
      description = "installed stage that makes pictures of the latents it draws")
  private @Nullable String decoder;

  @Option(
      names = "--after",
      paramLabel = "CASCADE",
      description = "cascade whose pictures it enlarges (default: pictures of your own)")
  private @Nullable String after;

  @Option(names = "--bundle-only", description = "write no cascade, for one of your own making")
  private boolean alone;

  /** The stages; none for a bundle alone. */
  Optional<Company> company() {
    boolean any = text != null || decoder != null || after != null;
    if (alone && any) {
      throw new UsageException(
          "--bundle-only: given (expected: not beside --text, --decoder or --after)");
    }
    return alone
        ? Optional.empty()
        : Optional.of(
            new Company(
                bundle("--text", text), bundle("--decoder", decoder), Optional.ofNullable(after)));
  }

  private static Optional<BundleId> bundle(String option, @Nullable String id) {
    try {
      return Optional.ofNullable(id).map(BundleId::parse);
    } catch (InvalidCatalogueException e) {
      throw new UsageException(
          "%s: %s (expected: NAME@VERSION of an installed bundle)".formatted(option, id), e);
    }
  }
}
