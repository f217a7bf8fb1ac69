package dev.cascadefarm.standalone.torchscript;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** TorchScript files recorded by Python, and what somebody says of them. */
public final class TorchScriptFiles {
  /** A model that draws without captions. */
  public static final String PLAIN =
      """
      {
        "kind": "diffusion",
        "inputs": [
          {"name": "x", "dtype": "float32", "shape": ["B", 3, 8, 8]},
          {"name": "timestep", "dtype": "int64", "shape": ["B"]}
        ],
        "outputs": [{"name": "prediction", "dtype": "float32", "shape": ["B", 3, 8, 8]}],
        "diffusion": {
          "objective": "noise",
          "timesteps": 1000,
          "schedule": {"curve": "linear", "first": 0.0001, "last": 0.02}
        },
        "defaults": {"sampler": "ddim", "steps": 8, "threshold": "static"},
        "self_test": "plain-call.safetensors",
        "licence": "MIT"
      }
      """;

  /** A model that draws latents from a caption. */
  public static final String GUIDED =
      """
      {
        "kind": "diffusion",
        "inputs": [
          {"name": "embeds", "shape": ["B", 6, 8]},
          {"name": "mask", "dtype": "bool", "shape": ["B", 6]},
          {"name": "x", "shape": ["B", 4, 4, 4]},
          {"name": "timestep", "shape": ["B", 1], "scale": 0.001}
        ],
        "outputs": [
          {"name": "unused", "shape": ["B", 8, 4, 4]},
          {"name": "prediction", "shape": ["B", 4, 4, 4]}
        ],
        "draws": "latents",
        "diffusion": {
          "objective": "v",
          "timesteps": 1000,
          "schedule": {"curve": "linear", "first": 0.0001, "last": 0.02}
        },
        "defaults": {"steps": 4, "guidance": 2}
      }
      """;

  /** A model that makes pictures of its latents. */
  public static final String DECODER =
      """
      {
        "kind": "vae-decoder",
        "inputs": [{"name": "latents", "dtype": "float64", "shape": ["B", 4, 4, 4], "scale": 4}],
        "outputs": [{"name": "image", "shape": ["B", 3, 8, 8], "range": [0, 1]}]
      }
      """;

  /** A model that encodes captions. */
  public static final String WORDS =
      """
      {
        "kind": "text-encoder",
        "method": "encode",
        "inputs": [
          {"name": "ids", "dtype": "int64", "shape": ["B", 6]},
          {"name": "mask", "shape": ["B", 6]}
        ],
        "outputs": [{"name": "embeds", "shape": ["B", 6, 8]}],
        "pad_token_id": 3,
        "no_caption": ""
      }
      """;

  /** A model that enlarges pictures. */
  public static final String ENLARGER =
      """
      {
        "kind": "diffusion",
        "inputs": [
          {"name": "x+image", "shape": ["B", 6, 8, 8]},
          {"name": "timestep", "dtype": "int64", "shape": ["B"]},
          {"name": "image_timestep", "dtype": "int64", "shape": ["B"]}
        ],
        "outputs": [{"name": "prediction", "shape": ["B", 3, 8, 8]}],
        "diffusion": {"objective": "x_start", "timesteps": 1000, "schedule": "cosine"}
      }
      """;

  private static final Path RECORDED = Path.of("../diffusion/src/test/resources/parity");

  private TorchScriptFiles() {}

  /** A recorded file. */
  public static Path file(String name) {
    return RECORDED.resolve("torchscript").resolve(name + ".pt");
  }

  /** Writes a description with the files that it names. */
  public static Path describe(Path folder, String name, String description) throws IOException {
    Files.createDirectories(folder);
    String call = "plain-call.safetensors";
    Files.write(folder.resolve(call), Files.readAllBytes(RECORDED.resolve("torchscript/" + call)));
    Path words = folder.resolve("tokenizer.json");
    Files.write(words, Files.readAllBytes(RECORDED.resolve("word-tokenizer.json")));
    return Files.writeString(folder.resolve(name + ".json"), description);
  }
}
