package dev.cascadefarm.diffusion.weights;

import dev.cascadefarm.diffusion.weights.PickleValue.Dict;
import dev.cascadefarm.diffusion.weights.PickleValue.Flag;
import dev.cascadefarm.diffusion.weights.PickleValue.Global;
import dev.cascadefarm.diffusion.weights.PickleValue.None;
import dev.cascadefarm.diffusion.weights.PickleValue.Text;
import dev.cascadefarm.diffusion.weights.PickleValue.Tuple;
import dev.cascadefarm.diffusion.weights.PickleValue.Whole;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the part of pickle (protocol 2) in which PyTorch writes tensors. An instruction outside it
 * is refused by name; nothing is ever looked up or called but what {@link Constructors} offers.
 * Values, memory and work are bounded by the pickle's length. Not thread-safe.
 */
final class Unpickler {
  private static final int PROTOCOL = 2;
  private static final int MAX_PICKLE_BYTES = 1 << 24;
  private static final int MAX_VALUES = 1 << 21;
  private static final int MAX_MARKS = 1000;

  private final String name;
  private final ByteBuffer in;
  private final Constructors constructors;
  private final List<PickleValue> stack = new ArrayList<>();
  private final List<Integer> marks = new ArrayList<>();
  private final Map<Integer, PickleValue> memo = new HashMap<>();
  private int values;

  /** What a pickle may name and call. */
  interface Constructors {
    /** Whether it may name {@code module.name}. */
    boolean knows(String global);

    /** The result of a call; fails with {@link WeightsException}. */
    PickleValue call(Global function, List<PickleValue> arguments);

    /** What is stored outside the pickle; fails with {@link WeightsException}. */
    PickleValue load(PickleValue id);
  }

  /**
   * A reader at the pickle's start.
   *
   * @param name of the file, for messages
   */
  Unpickler(String name, ByteBuffer pickle, Constructors constructors) {
    this.name = name;
    this.in = pickle;
    this.constructors = constructors;
  }

  /**
   * Reads the one value that the pickle holds.
   *
   * @throws WeightsException naming what is damaged or not allowed, and its byte
   */
  PickleValue read() {
    if (in.limit() > MAX_PICKLE_BYTES) {
      throw fault(in.limit() + " bytes", "at most " + MAX_PICKLE_BYTES);
    }
    try {
      while (true) {
        byte code = in.get();
        PickleOpcode opcode = PickleOpcode.of(code);
        if (opcode == null) {
          throw fault("instruction %02x".formatted(code), "one of pickle's");
        }
        if (opcode == PickleOpcode.STOP) {
          return result();
        }
        step(opcode);
      }
    } catch (BufferUnderflowException e) {
      throw new WeightsException(name + ": its pickle is cut off (expected: STOP at its end)", e);
    }
  }

  private PickleValue result() {
    PickleValue result = pop();
    if (!stack.isEmpty() || !marks.isEmpty() || in.hasRemaining()) {
      throw fault("more than one value", "one");
    }
    return result;
  }

  private void step(PickleOpcode opcode) {
    switch (opcode) {
      case PROTO -> requireProtocol(in.get());
      case MARK -> mark();
      case NONE -> push(new None());
      case NEWTRUE -> push(new Flag(true));
      case NEWFALSE -> push(new Flag(false));
      case BININT -> push(new Whole(in.getInt()));
      case BININT1 -> push(new Whole(Byte.toUnsignedInt(in.get())));
      case BININT2 -> push(new Whole(Short.toUnsignedInt(in.getShort())));
      case LONG1 -> push(new Whole(number(Byte.toUnsignedInt(in.get()))));
      case BINUNICODE -> push(new Text(text(in.getInt())));
      case GLOBAL -> push(global());
      case EMPTY_TUPLE -> push(new Tuple(List.of()));
      case TUPLE1 -> push(tuple(1));
      case TUPLE2 -> push(tuple(2));
      case TUPLE3 -> push(tuple(3));
      case TUPLE -> push(new Tuple(popToMark()));
      case EMPTY_DICT -> push(new Dict());
      case SETITEM -> setItems(tuple(2).values());
      case SETITEMS -> setItems(popToMark());
      case BINPUT -> remember(Byte.toUnsignedInt(in.get()));
      case LONG_BINPUT -> remember(in.getInt());
      case BINGET -> recall(Byte.toUnsignedInt(in.get()));
      case LONG_BINGET -> recall(in.getInt());
      case BINPERSID -> push(constructors.load(pop()));
      case REDUCE -> reduce();
      case BUILD -> build();
      default -> throw fault("instruction " + opcode, TorchTensors.EXPECTED);
    }
  }

  private void requireProtocol(byte protocol) {
    if (protocol != PROTOCOL) {
      throw fault("pickle protocol " + protocol, PROTOCOL + ", torch.save's own");
    }
  }

  // ---- stack and memo -----------------------------------------------------------------------

  private void push(PickleValue value) {
    if (++values > MAX_VALUES) {
      throw fault("too many values", "at most " + MAX_VALUES);
    }
    stack.add(value);
  }

  private PickleValue pop() {
    int floor = marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
    if (stack.size() <= floor) {
      throw fault("a value that is not there", "a whole pickle");
    }
    return stack.remove(stack.size() - 1);
  }

  private void mark() {
    if (marks.size() == MAX_MARKS) {
      throw fault("too deeply nested", "at most " + MAX_MARKS + " marks");
    }
    marks.add(stack.size());
  }

  private List<PickleValue> popToMark() {
    if (marks.isEmpty()) {
      throw fault("a mark that is not there", "a whole pickle");
    }
    int floor = marks.remove(marks.size() - 1);
    List<PickleValue> top = stack.subList(floor, stack.size());
    List<PickleValue> popped = List.copyOf(top);
    top.clear();
    return popped;
  }

  private Tuple tuple(int size) {
    List<PickleValue> popped = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      popped.add(0, pop());
    }
    return new Tuple(popped);
  }

  private void remember(int index) {
    PickleValue top = pop();
    stack.add(top);
    memo.put(index, top);
  }

  private void recall(int index) {
    PickleValue value = memo.get(index);
    if (value == null) {
      throw fault("memo " + index, "a value put there before");
    }
    push(value);
  }

  // ---- values -------------------------------------------------------------------------------

  private long number(int length) {
    if (length > Long.BYTES) {
      throw fault("a number of " + length + " bytes", "at most 8");
    }
    long number = 0;
    for (int i = 0; i < length; i++) {
      number |= Byte.toUnsignedLong(in.get()) << (8 * i);
    }
    int unused = Long.SIZE - 8 * length;
    return length == 0 ? 0 : (number << unused) >> unused;
  }

  private String text(int length) {
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] utf8 = new byte[length];
    in.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  private Global global() {
    String global = line() + "." + line();
    if (!constructors.knows(global)) {
      throw fault("global " + global, TorchTensors.EXPECTED);
    }
    return new Global(global);
  }

  private String line() {
    int start = in.position();
    while (in.get() != '\n') {}
    byte[] utf8 = new byte[in.position() - start - 1];
    in.get(start, utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  private void reduce() {
    PickleValue arguments = pop();
    PickleValue function = pop();
    if (function instanceof Global global && arguments instanceof Tuple tuple) {
      push(constructors.call(global, tuple.values()));
    } else {
      throw fault("REDUCE of " + function.kind(), "a function and a tuple");
    }
  }

  private void setItems(List<PickleValue> items) {
    PickleValue target = pop();
    if (!(target instanceof Dict dict) || items.size() % 2 != 0) {
      throw fault("SETITEMS on " + target.kind(), "a dictionary and pairs");
    }
    for (int i = 0; i < items.size(); i += 2) {
      put(dict, items.get(i), items.get(i + 1));
    }
    stack.add(dict);
  }

  private void put(Dict dict, PickleValue key, PickleValue value) {
    if (!(key instanceof Text text)) {
      throw fault(key.kind() + " as a key", "a string");
    }
    if (dict.values().put(text.text(), value) != null) {
      throw fault("key " + text.text() + " twice", "once");
    }
  }

  /** Attributes of a dictionary: PyTorch notes its layers' versions there; they are not needed. */
  private void build() {
    PickleValue state = pop();
    PickleValue target = pop();
    boolean versions =
        state instanceof Dict attributes
            && attributes.values().keySet().equals(Set.of("_metadata"));
    if (!(target instanceof Dict) || !versions) {
      throw fault("BUILD of " + target.kind(), TorchTensors.EXPECTED);
    }
    stack.add(target);
  }

  private WeightsException fault(String found, String expected) {
    return new WeightsException(
        "%s: %s at byte %d of its pickle (expected: %s)"
            .formatted(name, found, in.position(), expected));
  }
}
