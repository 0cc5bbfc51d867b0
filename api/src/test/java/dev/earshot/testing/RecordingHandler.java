package dev.earshot.testing;

import dev.earshot.Connection;
import dev.earshot.NetworkPath;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Writes down what happens to a connection, and whether the rules about threads were kept.
 *
 * <p>Thread-safe: what was recorded may be read by any thread.
 */
public final class RecordingHandler implements Connection.Handler {
  private final List<Connection.State> states = new CopyOnWriteArrayList<>();
  private final List<Boolean> viabilities = new CopyOnWriteArrayList<>();
  private final List<Boolean> betterPaths = new CopyOnWriteArrayList<>();
  private final List<NetworkPath> paths = new CopyOnWriteArrayList<>();
  private final List<Object> events = new CopyOnWriteArrayList<>();
  private final List<String> threads = new CopyOnWriteArrayList<>();
  private final List<String> violations = new CopyOnWriteArrayList<>();
  private final AtomicInteger inside = new AtomicInteger();
  private final BooleanSupplier onQueue;

  /** A handler that does not know which queue it should be on. */
  public RecordingHandler() {
    this(() -> true);
  }

  /** A handler that finds fault unless {@code onQueue} holds in every call. */
  public RecordingHandler(BooleanSupplier onQueue) {
    this.onQueue = onQueue;
  }

  /** A handler that finds fault with every call that does not run on {@code queue}. */
  public static RecordingHandler on(VirtualExecutor queue) {
    return new RecordingHandler(queue::isRunningHere);
  }

  @Override
  public void stateUpdated(Connection connection, Connection.State state) {
    record(states, state);
  }

  @Override
  public void viabilityUpdated(Connection connection, boolean viable) {
    record(viabilities, viable);
  }

  @Override
  public void betterPathUpdated(Connection connection, boolean available) {
    record(betterPaths, available);
  }

  @Override
  public void pathUpdated(Connection connection, NetworkPath path) {
    record(paths, path);
  }

  /** The states that were entered, in order. */
  public List<Connection.State> states() {
    return states;
  }

  /** The kinds of the states that were entered, such as {@code Ready}, in order. */
  public List<String> stateNames() {
    return states.stream().map(state -> state.getClass().getSimpleName()).toList();
  }

  /** What was said of viability, in order. */
  public List<Boolean> viabilities() {
    return viabilities;
  }

  /** What was said of better paths, in order. */
  public List<Boolean> betterPaths() {
    return betterPaths;
  }

  /** The paths that were reported, in order. */
  public List<NetworkPath> paths() {
    return paths;
  }

  /** Everything that was reported, in order. */
  public List<Object> events() {
    return events;
  }

  /** The names of the threads that called, in order. */
  public List<String> threads() {
    return threads;
  }

  /** Calls that overlapped, ran elsewhere than on the queue, or came after the last state. */
  public List<String> violations() {
    return violations;
  }

  private <T> void record(List<? super T> kind, T what) {
    if (inside.incrementAndGet() != 1) {
      violations.add("overlaps: " + what);
    }
    if (!onQueue.getAsBoolean()) {
      violations.add("not on the queue: " + what);
    }
    if (!states.isEmpty() && states.get(states.size() - 1) instanceof Connection.State.Cancelled) {
      violations.add("after Cancelled: " + what);
    }
    kind.add(what);
    events.add(what);
    threads.add(Thread.currentThread().getName());
    inside.decrementAndGet();
  }
}
