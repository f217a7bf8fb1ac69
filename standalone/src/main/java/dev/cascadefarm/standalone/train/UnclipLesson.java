package dev.cascadefarm.standalone.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.data.DataSplit;
import dev.cascadefarm.diffusion.scenes.CaptionGrammar;
import dev.cascadefarm.diffusion.train.UnclipRecipe;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What the models of an unCLIP cascade are taught with.
 *
 * @param cascade name of the cascade
 * @param description of the cascade, one line for people
 * @param options with which {@code farm train} teaches them
 * @param data what a model learns from and is judged by
 * @param words of the captions
 * @param licence of the weights, an SPDX identifier
 * @param provenance of the data
 * @param remarks hears what a person should know of the data
 */
record UnclipLesson(
    String cascade,
    String description,
    String options,
    Function<UnclipRecipe, DataSplit> data,
    List<String> words,
    String licence,
    ObjectNode provenance,
    Consumer<String> remarks) {
  UnclipLesson {
    words = List.copyOf(words);
  }

  /** Procedural scenes. */
  static UnclipLesson scenes(String cascade) {
    return new UnclipLesson(
        cascade,
        "Coloured shapes by way of an embedding, 16 to 64 pixels",
        "--cascade " + cascade,
        UnclipRecipe::scenes,
        CaptionGrammar.vocabulary(),
        "Apache-2.0",
        WireJson.object().put("data", "procedural scenes, split train, 60 % with two objects"),
        remark -> {});
  }
}
