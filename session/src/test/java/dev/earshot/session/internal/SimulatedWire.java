package dev.earshot.session.internal;

import dev.earshot.Payload;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One connection of a {@link SimulatedMesh}: two ends, each with what was said and heard on it. */
final class SimulatedWire {
  final int number;
  final End dialling;
  final End accepting;

  /** Nothing arrives any more, and nobody is told. */
  boolean silent;

  /** Chance has cut it, or a computer on it has failed: what was on its way may be lost. */
  boolean faulty;

  SimulatedWire(int number, SimulatedNode dialling, SimulatedNode accepting) {
    this.number = number;
    this.dialling = new End(this, dialling);
    this.accepting = new End(this, accepting);
  }

  End other(End end) {
    return end == dialling ? accepting : dialling;
  }

  @Override
  public String toString() {
    return "wire " + number + " " + dialling.node + " -> " + accepting.node;
  }

  /** One end of a wire. */
  static final class End {
    final SimulatedWire wire;
    final SimulatedNode node;

    /** The number under which the node's machine knows it. */
    long link;

    /** The machine that it belongs to, once there is one: a node that restarts has another. */
    @Nullable MeshMachine machine;

    boolean welcomeSaid;
    boolean open;

    /** This end is closed: nothing leaves it and nothing that arrives counts. */
    boolean closed;

    /** It said goodbye, whatever for. */
    boolean goodbyeSaid;

    /** It said goodbye because its user wanted to, while the other end was there to hear it. */
    boolean leftCleanly;

    /** What its user was told was taken. */
    final List<Payload> taken = new ArrayList<>();

    /** What the user at the other end was handed. */
    final List<Payload> surfaced = new ArrayList<>();

    /** When the last that was said will arrive. */
    long lastArrival;

    End(SimulatedWire wire, SimulatedNode node) {
      this.wire = wire;
      this.node = node;
    }

    /** The node's machine knows this end as {@code number} from now on. */
    void attach(long number) {
      link = number;
      machine = node.machine();
    }

    /** Whether the node still runs as it did when this end came about, and has not closed it. */
    boolean isAlive() {
      return !closed && isAttached();
    }

    /** Whether the node still runs as it did when this end came about. */
    boolean isAttached() {
      return machine != null && node.isUp() && node.machine() == machine;
    }

    End other() {
      return wire.other(this);
    }

    boolean bothWelcomed() {
      return welcomeSaid && other().welcomeSaid;
    }

    @Override
    public String toString() {
      return node + "'s end of " + wire;
    }
  }
}
