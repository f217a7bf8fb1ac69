package dev.cascadefarm.diffusion.imagen;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Method;
import dev.cascadefarm.diffusion.graph.Tensor;
import java.util.List;

/** A U-Net alone, as a graph. */
public final class UnetGraphs {
  /** The method; takes x, time, embeds, mask, keep, and lowres, lowres_time where it enlarges. */
  public static final String FORWARD = "forward";

  private UnetGraphs() {}

  public static Graph forward(UnetConfig config) {
    return new Graph("Unet").method(FORWARD, method -> List.of(forward(method, config)));
  }

  private static Tensor forward(Method method, UnetConfig config) {
    int length = config.maxTextLen();
    Tensor x = method.input("x", ANY, config.channels(), ANY, ANY);
    Tensor time = method.input("time", ANY);
    Tensor embeds = method.input("embeds", ANY, length, config.textEmbedDim());
    Tensor mask = method.input("mask", ANY, length);
    Tensor keep = method.input("keep", ANY);
    boolean enlarges = config.lowresCond();
    Tensor lowres = enlarges ? method.input("lowres", ANY, config.channels(), ANY, ANY) : null;
    Tensor lowresTime = enlarges ? method.input("lowres_time", ANY) : null;
    UnetInputs inputs = new UnetInputs(x, time, embeds, mask, keep, lowres, lowresTime);
    return new Unet(config).apply(method.root(), inputs);
  }
}
