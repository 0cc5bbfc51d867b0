package dev.earshot.security.tls;

import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

/** Writes down what happens to a pairing, and whether it came on the right queue, and in order. */
final class RecordingPairing implements Pairing.Handler {
  final List<Pairing.State> states = new CopyOnWriteArrayList<>();
  final List<PairingException> failedTries = new CopyOnWriteArrayList<>();
  final List<Integer> triesLeft = new CopyOnWriteArrayList<>();
  final List<Endpoint.Bonjour> advertised = new CopyOnWriteArrayList<>();
  final List<String> violations = new CopyOnWriteArrayList<>();
  private final BooleanSupplier onQueue;

  RecordingPairing(BooleanSupplier onQueue) {
    this.onQueue = onQueue;
  }

  @Override
  public void stateUpdated(Pairing pairing, Pairing.State state) {
    check(state);
    states.add(state);
  }

  @Override
  public void tryFailed(Pairing pairing, PairingException cause, int left) {
    check(cause);
    failedTries.add(cause);
    triesLeft.add(left);
  }

  @Override
  public void advertised(Pairing pairing, Endpoint.Bonjour endpoint) {
    check(endpoint);
    advertised.add(endpoint);
  }

  @Override
  public void advertisingFailed(Pairing pairing, NetworkException cause) {
    violations.add("advertising failed: " + cause);
  }

  List<String> stateNames() {
    return states.stream().map(state -> state.getClass().getSimpleName()).toList();
  }

  List<PairingException.Reason> reasons() {
    return failedTries.stream().map(PairingException::reason).toList();
  }

  private void check(Object what) {
    if (!onQueue.getAsBoolean()) {
      violations.add("not on the queue: " + what);
    }
    if (!states.isEmpty() && states.get(states.size() - 1).isOver()) {
      violations.add("after the end: " + what);
    }
  }
}
