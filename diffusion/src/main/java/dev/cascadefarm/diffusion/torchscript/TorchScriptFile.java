package dev.cascadefarm.diffusion.torchscript;

import dev.cascadefarm.diffusion.check.Check;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Guest;
import dev.cascadefarm.diffusion.graph.Pickle;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript file as {@code torch.jit.save} writes it, looked through but not run. What it says
 * of itself is checked before it is believed. Immutable; the file must stay as it is.
 */
public final class TorchScriptFile {
  private static final String PICKLE = "data.pkl";
  private static final String VERSION = "version";
  private static final String CODE = "code/";
  private static final String SOURCE = ".py";
  private static final int NEWEST_VERSION = 10;
  private static final Pattern ROOT =
      Pattern.compile("^\\x80\\x02c(__torch__[\\w.]*)\\n(\\w+)\\n", Pattern.DOTALL);
  private static final Pattern DEVICE =
      Pattern.compile("torch\\.device\\(\"(?:cpu|cuda(?::\\d+)?)\"\\)");

  private final Path path;
  private final String folder;
  private final String root;
  private final List<Signature> methods;

  private TorchScriptFile(Path path, String folder, String root, List<Signature> methods) {
    this.path = path;
    this.folder = folder;
    this.root = root;
    this.methods = methods;
  }

  /**
   * Looks through a file; its numbers are not read.
   *
   * @throws TorchScriptException if it is none, or damaged, or calls what the farm does not have
   */
  public static TorchScriptFile open(Path path) {
    FileForm.requireZip(path);
    try (ZipFile zip = new ZipFile(path.toFile())) {
      CheckedEntries entries = new CheckedEntries(path, zip);
      String folder = entries.folder(PICKLE);
      requireVersion(path, entries.text(folder + VERSION).strip());
      Map<String, String> code = code(entries, folder + CODE);
      code.forEach((name, text) -> ForbiddenCalls.check(path, name, text));
      String pickle = new String(entries.bytes(folder + PICKLE), StandardCharsets.ISO_8859_1);
      Matcher root = ROOT.matcher(pickle);
      if (!root.find()) {
        throw fault(path, PICKLE + ": no module in it", "what torch.jit.save writes");
      }
      String type = root.group(1) + "." + root.group(2);
      String source = folder + CODE + root.group(1).replace('.', '/') + SOURCE;
      String text = code.get(source);
      if (text == null) {
        throw fault(path, source + ": missing", "the code of " + type);
      }
      return new TorchScriptFile(path, folder, type, methods(text, root.group(2)));
    } catch (IOException e) {
      throw new TorchScriptException(
          path + ": " + e.getMessage() + " (expected: a whole TorchScript file)", e);
    }
  }

  private static Map<String, String> code(CheckedEntries entries, String under) throws IOException {
    Map<String, String> code = new LinkedHashMap<>();
    for (String each : entries.names()) {
      if (each.startsWith(under) && each.endsWith(SOURCE)) {
        code.put(each, entries.text(each));
      }
    }
    return code;
  }

  private static void requireVersion(Path path, String version) {
    if (!version.matches("\\d{1,4}") || Integer.parseInt(version) > NEWEST_VERSION) {
      throw fault(
          path, "version: " + version, "at most %d, of PyTorch 2.7".formatted(NEWEST_VERSION));
    }
  }

  /** The methods of one of the classes in a source. */
  private static List<Signature> methods(String source, String name) {
    Matcher start = Pattern.compile("(?m)^class " + name + "\\(").matcher(source);
    if (!start.find()) {
      return List.of();
    }
    Matcher end = Pattern.compile("(?m)^(?:class|def) ").matcher(source);
    return Signature.of(
        end.find(start.end())
            ? source.substring(start.start(), end.start())
            : source.substring(start.start()));
  }

  private static TorchScriptException fault(Path path, String found, String expected) {
    return new TorchScriptException("%s: %s (expected: %s)".formatted(path, found, expected));
  }

  /** Where it lies. */
  public Path path() {
    return path;
  }

  /**
   * A method, for a graph to call.
   *
   * @throws TorchScriptException if there is none of that name, with arguments for what it is given
   *     and answers for what is expected of it
   */
  public Guest guest(GuestCall call) {
    Signature method = method(call.method());
    int given = call.inputs().size();
    boolean fits =
        given >= method.needed()
            && given <= method.arguments().size()
            && method.arguments().stream().limit(given).allMatch(Signature.Argument::takesTensor);
    if (!fits) {
      throw fault(
          path,
          "method " + method,
          "%d arguments, tensors: %s".formatted(given, call.inputNames()));
    }
    if (method.answers() < call.outputs().size()) {
      throw fault(
          path,
          "method " + method,
          "a tensor, or a tuple of at least as many as described: " + call.outputNames());
    }
    return new Guest(root, call.method(), call.types(), method.single());
  }

  private Signature method(String name) {
    return methods.stream()
        .filter(each -> each.method().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                fault(
                    path,
                    "method " + name + ": missing",
                    methods.isEmpty()
                        ? "a class with methods"
                        : "one of " + methods.stream().map(Signature::method).toList()));
  }

  /**
   * Packs the file and a graph that calls it into one archive. Devices that its code names become
   * the one it will run on.
   *
   * @param graph without weights of its own
   * @throws TorchScriptException if the file is damaged
   */
  public void pack(Graph graph, String device, OutputStream out) throws IOException {
    Check.require(
        graph.parameters().isEmpty(), graph.name(), "parameters", "none beside a guest's");
    try (ZipFile zip = new ZipFile(path.toFile())) {
      CheckedEntries entries = new CheckedEntries(path, zip);
      ZipOutputStream target = new ZipOutputStream(out);
      target.setLevel(0);
      for (String each : entries.names()) {
        if (each.startsWith(folder)) {
          begin(target, each.substring(folder.length()));
          copy(entries, each, device, graph, target);
          target.closeEntry();
        }
      }
      begin(target, CODE + graph.module().replace('.', '/') + SOURCE);
      target.write(graph.code().getBytes(StandardCharsets.UTF_8));
      target.closeEntry();
      target.finish();
    }
  }

  private void copy(
      CheckedEntries entries, String name, String device, Graph graph, OutputStream target)
      throws IOException {
    if (name.equals(folder + PICKLE)) {
      target.write(host(graph, entries.bytes(name)));
    } else if (name.startsWith(folder + CODE) && name.endsWith(SOURCE)) {
      String here = Matcher.quoteReplacement("torch.device(\"" + device + "\")");
      String code = DEVICE.matcher(entries.text(name)).replaceAll(here);
      target.write(code.getBytes(StandardCharsets.UTF_8));
    } else {
      entries.copy(name, target);
    }
  }

  /** An object of the graph's class that holds the file's own. */
  private static byte[] host(Graph graph, byte[] guest) {
    return new Pickle()
        .global(graph.module(), graph.name())
        .emptyTuple()
        .newObject()
        .emptyDict()
        .mark()
        .text(Guest.ATTRIBUTE)
        .object(guest)
        .setItems()
        .build()
        .stop();
  }

  private static void begin(ZipOutputStream zip, String name) throws IOException {
    ZipEntry entry = new ZipEntry("model/" + name);
    entry.setTime(0);
    zip.putNextEntry(entry);
  }
}
