package dev.earshot.testing;

import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.NetworkPath;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Writes down what happens to a group, and starts what the peer opens if told so. Thread-safe. */
public final class RecordingGroup implements ConnectionGroup.Handler {
  private final List<Connection.State> states = new CopyOnWriteArrayList<>();
  private final List<Connection> streams = new CopyOnWriteArrayList<>();
  private final List<String> violations = new CopyOnWriteArrayList<>();
  private final VirtualExecutor queue;
  private volatile Consumer<Connection> reception = stream -> {};

  private RecordingGroup(VirtualExecutor queue) {
    this.queue = queue;
  }

  /** A handler that finds fault with every call that does not run on {@code queue}. */
  public static RecordingGroup on(VirtualExecutor queue) {
    return new RecordingGroup(queue);
  }

  /** Gives the streams that the peer opens to {@code consumer}; by default they are left. */
  public RecordingGroup receiving(Consumer<Connection> consumer) {
    reception = consumer;
    return this;
  }

  @Override
  public void stateUpdated(ConnectionGroup group, Connection.State state) {
    check(state);
    states.add(state);
  }

  @Override
  public void newStream(ConnectionGroup group, Connection stream) {
    check(stream);
    streams.add(stream);
    try {
      reception.accept(stream);
    } catch (RuntimeException e) {
      violations.add("cannot take " + stream + " that was handed over: " + e);
    }
  }

  @Override
  public void viabilityUpdated(ConnectionGroup group, boolean viable) {
    check("viable: " + viable);
  }

  @Override
  public void betterPathUpdated(ConnectionGroup group, boolean available) {
    check("better path: " + available);
  }

  @Override
  public void pathUpdated(ConnectionGroup group, NetworkPath path) {
    check(path);
  }

  /** The kinds of the states that were entered, such as {@code Ready}, in order. */
  public List<String> stateNames() {
    return states.stream().map(state -> state.getClass().getSimpleName()).toList();
  }

  /** The streams that the peer has opened, in order. */
  public List<Connection> streams() {
    return streams;
  }

  /** Calls elsewhere than on the queue, or after the last state, and streams that do not start. */
  public List<String> violations() {
    return violations;
  }

  private void check(Object what) {
    if (!queue.isRunningHere()) {
      violations.add("not on the queue: " + what);
    }
    if (stateNames().contains("Cancelled")) {
      violations.add("after Cancelled: " + what);
    }
  }
}
