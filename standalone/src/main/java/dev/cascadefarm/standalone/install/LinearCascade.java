package dev.cascadefarm.standalone.install;

import static dev.cascadefarm.standalone.install.BetweenStages.EMBEDS;
import static dev.cascadefarm.standalone.install.BetweenStages.IMAGE;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.CascadeStage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A cascade in a row: the first stage encodes the prompts for all the others, the second draws, and
 * each one after it enlarges what the one before it drew.
 */
public final class LinearCascade {
  private LinearCascade() {}

  /**
   * The stages.
   *
   * @param names of the stages in their order, at least one
   * @param bundle what fills a stage
   */
  public static List<CascadeStage> stages(List<String> names, Function<String, BundleId> bundle) {
    List<CascadeStage> stages = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      stages.add(new CascadeStage(names.get(i), bundle.apply(names.get(i)), inputs(names, i)));
    }
    return stages;
  }

  private static Map<String, String> inputs(List<String> names, int index) {
    Map<String, String> inputs = new TreeMap<>();
    if (index == 0) {
      inputs.putAll(TextStage.PROMPTS);
    } else {
      inputs.put(EMBEDS, names.get(0) + "." + EMBEDS);
    }
    if (index > 1) {
      inputs.put(IMAGE, names.get(index - 1) + "." + IMAGE);
    }
    return inputs;
  }
}
