package dev.earshot.session.internal;

import dev.earshot.Endpoint;
import dev.earshot.session.Peer;
import dev.earshot.session.PeerId;
import dev.earshot.session.PeerState;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A computer of a {@link SimulatedMesh}, which runs a session's machine, fails and restarts. */
final class SimulatedNode {
  final int number;
  final Peer self;
  final Endpoint place;
  final Map<Long, SimulatedWire.End> ends = new HashMap<>();
  final Map<PeerId, PeerState> told = new HashMap<>();
  final Deque<Effect> effects = new ArrayDeque<>();

  /** When the machine will be told that time has passed. */
  long wakeAt = Long.MAX_VALUE;

  private @Nullable MeshMachine machine;

  SimulatedNode(int number, RandomGenerator random) {
    this.number = number;
    this.self = new Peer(PeerId.of(new UUID(random.nextLong(), random.nextLong())), "n" + number);
    this.place = Endpoint.hostPort("node" + number, 1);
  }

  boolean isUp() {
    return machine != null;
  }

  MeshMachine machine() {
    if (machine == null) {
      throw new IllegalStateException(this + " is down");
    }
    return machine;
  }

  void start(MeshSettings settings, CrossedDials rule, RandomGenerator random) {
    machine = new MeshMachine(settings, rule, random, effects::add);
  }

  void stop() {
    machine = null;
    ends.clear();
    told.clear();
    effects.clear();
    wakeAt = Long.MAX_VALUE;
  }

  @Override
  public String toString() {
    return self.displayName();
  }
}
