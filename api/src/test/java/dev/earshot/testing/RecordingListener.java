package dev.earshot.testing;

import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.Listener;
import dev.earshot.NetworkException;
import dev.earshot.RegistrationChange;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Writes down what happens to a listener, and starts what connects if told so. Thread-safe. */
public final class RecordingListener implements Listener.Handler {
  private final List<Listener.State> states = new CopyOnWriteArrayList<>();
  private final List<Connection> connections = new CopyOnWriteArrayList<>();
  private final List<RegistrationChange> registrations = new CopyOnWriteArrayList<>();
  private final List<NetworkException> failures = new CopyOnWriteArrayList<>();
  private final List<String> violations = new CopyOnWriteArrayList<>();
  private final BooleanSupplier onQueue;
  private volatile Consumer<Connection> reception = connection -> {};
  private volatile Consumer<ConnectionGroup> groupReception = ConnectionGroup::forceCancel;
  private volatile boolean throwing;

  private RecordingListener(BooleanSupplier onQueue) {
    this.onQueue = onQueue;
  }

  /** A handler that finds fault with every call that does not run on {@code queue}. */
  public static RecordingListener on(VirtualExecutor queue) {
    return new RecordingListener(queue::isRunningHere);
  }

  /** Gives those who connect to {@code consumer}; by default they are left as they come. */
  public RecordingListener receiving(Consumer<Connection> consumer) {
    reception = consumer;
    return this;
  }

  /** Gives groups that come to {@code consumer}; by default they are refused. */
  public RecordingListener receivingGroups(Consumer<ConnectionGroup> consumer) {
    groupReception = consumer;
    return this;
  }

  /** From now on it throws after having written down. */
  public RecordingListener throwing() {
    throwing = true;
    return this;
  }

  @Override
  public void newConnection(Listener listener, Connection connection) {
    check(connection);
    connections.add(connection);
    fail();
    reception.accept(connection);
  }

  @Override
  public void newConnectionGroup(Listener listener, ConnectionGroup group) {
    check(group);
    fail();
    groupReception.accept(group);
  }

  @Override
  public void stateUpdated(Listener listener, Listener.State state) {
    check(state);
    states.add(state);
    fail();
  }

  @Override
  public void registrationUpdated(Listener listener, RegistrationChange change) {
    check(change);
    registrations.add(change);
    fail();
  }

  @Override
  public void registrationFailed(Listener listener, NetworkException cause) {
    check(cause);
    failures.add(cause);
    fail();
  }

  /** The states that were entered, in order. */
  public List<Listener.State> states() {
    return states;
  }

  /** The names of the states that were entered, in order. */
  public List<String> stateNames() {
    return states.stream().map(state -> state.getClass().getSimpleName()).toList();
  }

  /** Those who connected, in order. */
  public List<Connection> connections() {
    return connections;
  }

  /** What became of the service, in words: {@code +Den}, {@code -Den}. */
  public List<String> registrations() {
    return registrations.stream()
        .map(
            change ->
                (change instanceof RegistrationChange.Added ? "+" : "-") + change.endpoint().name())
        .toList();
  }

  /** Why advertising failed, in order. */
  public List<NetworkException> failures() {
    return failures;
  }

  /** Calls that came elsewhere than on the queue, or after the last state. */
  public List<String> violations() {
    return violations;
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
