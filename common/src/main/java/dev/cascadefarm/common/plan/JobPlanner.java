package dev.cascadefarm.common.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.cascade.CascadeStage;
import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.cascade.InstalledBundle;
import dev.cascadefarm.common.cascade.InvalidRequestException;
import dev.cascadefarm.common.cascade.JobRequest;
import dev.cascadefarm.common.cascade.RequestField;
import dev.cascadefarm.common.cascade.StageSettings;
import dev.cascadefarm.common.cascade.TensorSpec;
import dev.cascadefarm.common.job.JobPlan;
import dev.cascadefarm.common.job.JobSpec;
import dev.cascadefarm.common.job.PlannedStage;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.schema.Fault;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns requests into jobs with everything pinned. Thread-safe. */
public final class JobPlanner {
  private final Catalogue catalogue;

  public JobPlanner(Catalogue catalogue) {
    this.catalogue = catalogue;
  }

  /** A request with all settings filled in, and the stages it will pass. */
  public record PlannedJob(JobSpec spec, JobPlan plan) {}

  /**
   * Plans a job.
   *
   * @throws InvalidRequestException if the catalogue has no such cascade or a setting does not fit;
   *     fields are named as in the request
   */
  public PlannedJob plan(JobRequest request) {
    Cascade cascade = cascade(request.cascade());
    List<Fault> faults = new ArrayList<>(unknownStages(cascade, request));
    for (RequestField field : RequestField.values()) {
      fault(cascade, request, field).ifPresent(faults::add);
    }
    Map<String, ObjectNode> settings = settings(cascade, request, faults);
    if (!faults.isEmpty()) {
      throw new InvalidRequestException(faults);
    }
    JobSpec spec =
        new JobSpec(
            cascade.id(),
            request.prompt(),
            request.promptB(),
            request.negativePrompt(),
            request.initImage(),
            request.initImageB(),
            request.n(),
            request.seed(),
            settings);
    return new PlannedJob(spec, new JobPlan(cascade.stages().stream().map(this::pin).toList()));
  }

  private Cascade cascade(String wanted) {
    Optional<Cascade> found = catalogue.cascade(wanted);
    return found.orElseThrow(() -> unknownCascade(wanted));
  }

  private InvalidRequestException unknownCascade(String wanted) {
    List<String> known = catalogue.cascades().stream().map(Cascade::name).toList();
    String expected = "one of " + String.join(", ", known);
    return new InvalidRequestException(
        List.of(Fault.of("cascade", TextNode.valueOf(wanted), expected)));
  }

  private static List<Fault> unknownStages(Cascade cascade, JobRequest request) {
    List<String> known = cascade.stages().stream().map(CascadeStage::name).toList();
    return request.set().keySet().stream()
        .filter(stage -> !known.contains(stage))
        .sorted()
        .map(stage -> Fault.unknown("set." + stage, known))
        .toList();
  }

  private Optional<Fault> fault(Cascade cascade, JobRequest request, RequestField field) {
    Optional<String> given = request.given(field);
    return given.isEmpty() ? absent(cascade, field) : present(cascade, request, field, given.get());
  }

  private Optional<Fault> absent(Cascade cascade, RequestField field) {
    boolean needed = cascade.stages().stream().anyMatch(stage -> needs(stage, field));
    String what = field.picture() ? "the id of an upload" : "words";
    String expected = what + ", cascade " + cascade.name() + " needs one";
    return needed ? Optional.of(Fault.missing(field.word(), expected)) : Optional.empty();
  }

  /** A prompt has to be there, whoever hears it; what nobody takes must not. */
  private static Optional<Fault> present(
      Cascade cascade, JobRequest request, RequestField field, String given) {
    boolean taken = cascade.stages().stream().anyMatch(stage -> stage.takesRequest(field));
    if (!taken && field != RequestField.PROMPT) {
      return Optional.of(fault(field, given, "absent, cascade " + cascade.name() + " takes none"));
    }
    return field
        .start()
        .filter(start -> request.given(start).equals(Optional.of(given)))
        .map(start -> fault(field, given, "another than " + start.word()));
  }

  private static Fault fault(RequestField field, String given, String expected) {
    return Fault.of(field.word(), TextNode.valueOf(given), expected);
  }

  private boolean needs(CascadeStage stage, RequestField field) {
    Map<String, TensorSpec> inputs = catalogue.bundle(stage.bundle()).bundle().inputs();
    return stage.inputs().entrySet().stream()
        .filter(input -> input.getValue().equals(field.source()))
        .anyMatch(input -> !inputs.get(input.getKey()).optional());
  }

  private Map<String, ObjectNode> settings(
      Cascade cascade, JobRequest request, List<Fault> faults) {
    Map<String, ObjectNode> settings = new LinkedHashMap<>();
    for (CascadeStage stage : cascade.stages()) {
      StageSettings known = catalogue.settings(stage.bundle());
      JsonNode given = request.set().getOrDefault(stage.name(), WireJson.object());
      List<Fault> wrong = known.faults("set." + stage.name(), given);
      faults.addAll(wrong);
      if (wrong.isEmpty()) {
        settings.put(stage.name(), known.complete(stage.name(), given));
      }
    }
    return settings;
  }

  private PlannedStage pin(CascadeStage stage) {
    InstalledBundle bundle = catalogue.bundle(stage.bundle());
    return new PlannedStage(
        stage.name(),
        bundle.id(),
        bundle.digest(),
        bundle.bundle().per(),
        stage.inputs(),
        List.copyOf(stage.predecessors()));
  }
}
