package dev.cascadefarm.worker;

import dev.cascadefarm.diffusion.stage.Checkpoint;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageException;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.diffusion.stage.StageValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A deterministic stage without a model. A sample's numbers come from its seed, its stage, its
 * inputs and the row alone; its setting {@code rows} says how many rows it runs, {@code fail_at} at
 * which it fails, and {@code fail_resumed} that it does so when it went on from a checkpoint. Gates
 * let a test hold it at a row.
 */
public final class FakeRunner implements StageRunner {
  /** What a fake stage gives. */
  public enum Kind {
    TENSORS,
    IMAGE
  }

  private static final int SIDE = 8;

  private final Kind kind;
  private final Semaphore permits = new Semaphore(0);
  private final AtomicInteger largestCompany = new AtomicInteger();
  private final AtomicInteger ticks = new AtomicInteger();
  private volatile boolean gated;
  private volatile boolean closed;

  public FakeRunner(Kind kind) {
    this.kind = kind;
  }

  /** From now on every tick waits for a permit. */
  public void gate() {
    gated = true;
  }

  /** Lets that many ticks through. */
  public void permit(int count) {
    permits.release(count);
  }

  /** Lets everything through again. */
  public void open() {
    gated = false;
    permits.release(1);
  }

  public int largestCompany() {
    return largestCompany.get();
  }

  public int ticks() {
    return ticks.get();
  }

  public boolean closed() {
    return closed;
  }

  @Override
  public Sample begin(SampleRequest request) {
    int rows = request.settings().path("rows").asInt(1);
    if (rows < 1) {
      throw new InvalidSampleException("rows: " + rows + " (expected: >= 1)");
    }
    return new FakeSample(kind, rows, request);
  }

  @Override
  public Sample resume(SampleRequest request, Checkpoint checkpoint) {
    FakeSample sample = (FakeSample) begin(request);
    sample.restore(checkpoint);
    return sample;
  }

  @Override
  public void advance(List<Sample> samples) {
    if (gated) {
      permits.acquireUninterruptibly();
    }
    ticks.incrementAndGet();
    largestCompany.accumulateAndGet(samples.size(), Math::max);
    for (Sample sample : samples) {
      if (((FakeSample) sample).failsNow()) {
        throw new StageException("row " + sample.rowsDone() + " failed");
      }
    }
    samples.forEach(sample -> ((FakeSample) sample).move());
  }

  @Override
  public void close() {
    closed = true;
  }

  private static final class FakeSample implements Sample {
    private final Kind kind;
    private final int rows;
    private final SampleRequest request;
    private final float[] state = new float[3 * SIDE * SIDE];
    private int done;
    private boolean resumed;

    FakeSample(Kind kind, int rows, SampleRequest request) {
      this.kind = kind;
      this.rows = rows;
      this.request = request;
      List<Float> given = new ArrayList<>();
      new TreeMap<>(request.inputs()).values().forEach(value -> collect(value, given));
      for (int i = 0; i < state.length; i++) {
        state[i] = given.isEmpty() ? 0.5f : given.get(i % given.size());
      }
    }

    private static void collect(StageValue value, List<Float> into) {
      if (value instanceof StageValue.Text text) {
        text.text().chars().forEach(c -> into.add((c % 256) / 255f));
      } else if (value instanceof StageValue.Image image) {
        add(image.pixels(), into);
      } else {
        new TreeMap<>(((StageValue.Tensors) value).tensors())
            .values()
            .forEach(tensor -> add(tensor, into));
      }
    }

    private static void add(HostTensor tensor, List<Float> into) {
      for (float each : tensor.data()) {
        into.add(each);
      }
    }

    boolean failsNow() {
      return request.settings().path("fail_at").asInt(-1) == done
          || (resumed && request.settings().has("fail_resumed"));
    }

    void move() {
      var noise =
          new SplittableRandom(31L * request.seed() + 17L * request.stage().hashCode() + done);
      for (int i = 0; i < state.length; i++) {
        state[i] = 0.75f * state[i] + 0.25f * (float) noise.nextDouble();
      }
      done++;
    }

    @Override
    public int rowsDone() {
      return done;
    }

    @Override
    public int rowsTotal() {
      return rows;
    }

    @Override
    public Optional<HostTensor> preview() {
      return kind == Kind.IMAGE ? Optional.of(picture()) : Optional.empty();
    }

    private Map<String, String> origin() {
      return Map.of("seed", Long.toString(request.seed()), "rows", Integer.toString(rows));
    }

    @Override
    public Optional<Checkpoint> checkpoint() {
      return done == 0 || done()
          ? Optional.empty()
          : Optional.of(new Checkpoint(origin(), done, Map.of("0.x", picture())));
    }

    void restore(Checkpoint checkpoint) {
      checkpoint.requireOrigin(origin());
      System.arraycopy(checkpoint.tensors().get("0.x").data(), 0, state, 0, state.length);
      done = checkpoint.row();
      resumed = true;
    }

    @Override
    public Map<String, StageValue> outputs() {
      if (!done()) {
        throw new IllegalStateException("rows: " + done + " (expected: " + rows + ")");
      }
      return kind == Kind.IMAGE
          ? Map.of("image", new StageValue.Image(picture()))
          : Map.of("embedding", new StageValue.Tensors(Map.of("tokens", picture())));
    }

    private HostTensor picture() {
      return HostTensor.of(state.clone(), 3, SIDE, SIDE);
    }

    @Override
    public List<String> warnings() {
      return kind == Kind.TENSORS ? List.of("unknown word: zork") : List.of();
    }
  }
}
