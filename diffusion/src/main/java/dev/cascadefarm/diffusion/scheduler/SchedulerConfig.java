package dev.cascadefarm.diffusion.scheduler;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.sampler.Sampler;
import dev.cascadefarm.diffusion.sampler.SamplerHabits.Variance;
import dev.cascadefarm.diffusion.sampler.SamplerOptions;
import dev.cascadefarm.diffusion.sampler.SamplerTable;
import dev.cascadefarm.diffusion.sampler.Steps;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import dev.cascadefarm.diffusion.schedule.ScheduleSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a scheduler_config.json of diffusers says. Keys that are absent have diffusers' own
 * defaults.
 *
 * @param className of the scheduler in diffusers
 * @param sampler one of {@link Sampler#NAMES}
 * @param schedule how the noise schedule is made
 * @param timesteps T
 * @param objective what the model predicts
 * @param options of the sampler; η is a job's to choose and here 0
 * @param thresholding how x₀ is kept in range
 * @param ignored keys of other schedulers, which diffusers carries along and this one does not read
 */
public record SchedulerConfig(
    String className,
    String sampler,
    ScheduleSettings schedule,
    int timesteps,
    Objective objective,
    SamplerOptions options,
    Thresholding thresholding,
    List<String> ignored) {
  private static final int MOST_BYTES = 1 << 20;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build();

  public SchedulerConfig {
    ignored = List.copyOf(ignored);
  }

  /**
   * Reads a file.
   *
   * @throws SchedulerConfigException if it cannot be read or says what is not implemented
   */
  public static SchedulerConfig read(Path file) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw new SchedulerConfigException(
            "%s: %d bytes (expected: at most %d)".formatted(file, Files.size(file), MOST_BYTES));
      }
      return parse(Files.readString(file, StandardCharsets.UTF_8), file.toString());
    } catch (IOException e) {
      throw new SchedulerConfigException(file + ": cannot be read", e);
    }
  }

  /**
   * Reads the content of a file.
   *
   * @param name of the file, for complaints
   * @throws SchedulerConfigException if it says what is not implemented
   */
  public static SchedulerConfig parse(String content, String name) {
    try {
      JsonNode root = JSON.readTree(content);
      if (root instanceof ObjectNode object) {
        return new SchedulerReader(new SchedulerKeys(object, name)).read();
      }
      throw new SchedulerConfigException(name + ": " + root + " (expected: a JSON object)");
    } catch (JsonProcessingException e) {
      throw new SchedulerConfigException(
          name + ": " + e.getOriginalMessage() + " (expected: JSON)", e);
    }
  }

  /** The schedule. */
  public NoiseSchedule noiseSchedule() {
    return schedule.noiseSchedule(timesteps);
  }

  /** The table of a run; {@code IllegalArgumentException} if it cannot have so many steps. */
  public SamplerTable table(Steps steps) {
    return Sampler.of(sampler, options).table(noiseSchedule(), objective, steps);
  }

  /** How many tensors of history the sampler carries. */
  public int history() {
    return Sampler.of(sampler, options).history();
  }

  /** Whether the model has as many channels again for the variance of the noise. */
  public boolean learnsVariance() {
    return options.habits().variance() == Variance.LEARNED_RANGE;
  }
}
