package dev.earshot.testing;

import dev.earshot.Browser;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

/** Writes down what happens to a browser. Thread-safe. */
public final class RecordingBrowser implements Browser.Handler {
  private final List<Browser.State> states = new CopyOnWriteArrayList<>();
  private final List<Browser.Change> changes = new CopyOnWriteArrayList<>();
  private final List<List<Browser.Change>> batches = new CopyOnWriteArrayList<>();
  private final List<String> violations = new CopyOnWriteArrayList<>();
  private final BooleanSupplier onQueue;
  private volatile Set<Browser.Result> results = Set.of();
  private volatile boolean throwing;

  private RecordingBrowser(BooleanSupplier onQueue) {
    this.onQueue = onQueue;
  }

  /** A handler that finds fault with every call that does not run on {@code queue}. */
  public static RecordingBrowser on(VirtualExecutor queue) {
    return new RecordingBrowser(queue::isRunningHere);
  }

  /** From now on it throws after having written down. */
  public RecordingBrowser throwing() {
    throwing = true;
    return this;
  }

  @Override
  public void resultsChanged(
      Browser browser, Set<Browser.Result> now, List<Browser.Change> changed) {
    check("results " + now);
    results = now;
    batches.add(changed);
    changes.addAll(changed);
    fail();
  }

  @Override
  public void stateUpdated(Browser browser, Browser.State state) {
    check(state);
    states.add(state);
    fail();
  }

  /** The names of the states that were entered, in order. */
  public List<String> stateNames() {
    return states.stream().map(state -> state.getClass().getSimpleName()).toList();
  }

  /** The states that were entered, in order. */
  public List<Browser.State> states() {
    return states;
  }

  /** What changed, in order. */
  public List<Browser.Change> changes() {
    return changes;
  }

  /** What changed in words: {@code +Den}, {@code -Den}, {@code ~Den [TXT_RECORD]}. */
  public List<String> words() {
    return changes.stream().map(RecordingBrowser::word).toList();
  }

  /** What changed, call by call. */
  public List<List<Browser.Change>> batches() {
    return batches;
  }

  /** What was found, by the last call. */
  public Set<Browser.Result> results() {
    return results;
  }

  /** Calls that came elsewhere than on the queue, or after the last state. */
  public List<String> violations() {
    return violations;
  }

  private static String word(Browser.Change change) {
    if (change instanceof Browser.Change.Added added) {
      return "+" + added.result().endpoint().name();
    }
    if (change instanceof Browser.Change.Changed changed) {
      return "~"
          + changed.after().endpoint().name()
          + " "
          + changed.aspects().stream().sorted().toList();
    }
    return change instanceof Browser.Change.Removed removed
        ? "-" + removed.result().endpoint().name()
        : change.toString();
  }

  private void check(Object what) {
    if (!onQueue.getAsBoolean()) {
      violations.add("not on the queue: " + what);
    }
    if (stateNames().contains("Cancelled")) {
      violations.add("after Cancelled: " + what);
    }
  }

  private void fail() {
    if (throwing) {
      throw new IllegalArgumentException("a handler that throws, as the test wants it");
    }
  }
}
