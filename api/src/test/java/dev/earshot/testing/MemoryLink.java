package dev.earshot.testing;

import dev.earshot.ConnectionLostException;
import dev.earshot.FramingException;
import dev.earshot.Protocol;
import dev.earshot.spi.Loop;
import dev.earshot.spi.Pipe;
import org.jspecify.annotations.Nullable;

/** The two ends of one connection on a {@link MemoryWire}, and what lies between them. */
final class MemoryLink {
  private final MemoryWire wire;
  private final MemoryLane toDialled;
  private final MemoryLane toDialling;
  private final MemoryPipe dialling;
  private final MemoryPipe dialled;
  private final @Nullable LinkFault planned;
  private volatile @Nullable MemoryGroup diallingGroup;
  private volatile @Nullable MemoryGroup dialledGroup;

  MemoryLink(MemoryWire wire, MemoryPaths paths, Loop dialling, Loop dialled, Planned planned) {
    this.wire = wire;
    this.planned = planned.fault();
    toDialled = new MemoryLane(dialled, wire);
    toDialling = new MemoryLane(dialling, wire);
    this.dialling = new MemoryPipe(this, dialling, paths.dialling(), toDialled);
    this.dialled = new MemoryPipe(this, dialled, paths.dialled(), toDialling);
    this.dialling.meet(this.dialled);
    this.dialled.meet(this.dialling);
  }

  /** Two more ends on the same lanes, and the lane to the second. */
  record Pair(MemoryPipe here, MemoryPipe there, MemoryLane toThere) {}

  /** A stream from the side that {@code carrier} is on. */
  Pair pair(MemoryPipe carrier) {
    boolean fromDialling = carrier == dialling;
    MemoryPipe opposite = fromDialling ? dialled : dialling;
    MemoryLane toThere = fromDialling ? toDialled : toDialling;
    MemoryLane toHere = fromDialling ? toDialling : toDialled;
    MemoryPipe here = new MemoryPipe(this, carrier.loop(), carrier.path(), toThere);
    MemoryPipe there = new MemoryPipe(this, opposite.loop(), opposite.path(), toHere);
    here.meet(there);
    there.meet(here);
    return new Pair(here, there, toThere);
  }

  /** Makes groups of both ends, unless they have been made. */
  void becomeGroups(Protocol.Quic dials, Protocol.Quic listens) {
    if (diallingGroup == null) {
      MemoryGroup one = new MemoryGroup(dialling, dials.options(), listens.options());
      MemoryGroup other = new MemoryGroup(dialled, listens.options(), dials.options());
      one.meet(other);
      other.meet(one);
      diallingGroup = one;
      dialledGroup = other;
    }
  }

  /** Where what {@code pipe} sends goes. */
  MemoryLane laneFrom(MemoryPipe pipe) {
    return pipe == dialling ? toDialled : toDialling;
  }

  /** What a dial or an arrival brings about at the end that {@code pipe} is. */
  Pipe outcome(MemoryPipe pipe) {
    MemoryGroup group = pipe == dialling ? diallingGroup : dialledGroup;
    return group == null ? pipe : group;
  }

  /** What was planned for this connection, if anything. */
  record Planned(@Nullable LinkFault fault) {}

  MemoryWire wire() {
    return wire;
  }

  MemoryPipe dialling() {
    return dialling;
  }

  MemoryPipe dialled() {
    return dialled;
  }

  MemoryLane toDialling() {
    return toDialling;
  }

  MemoryLane toDialled() {
    return toDialled;
  }

  boolean suffers(LinkFault fault) {
    return planned == fault;
  }

  /** An end is up; the last one up brings the planned fault about. */
  void attached() {
    LinkFault fault = planned;
    if (fault != null && fault.stage() == LinkFault.Stage.FLOW) {
      if (dialling.isUp() && dialled.isUp()) {
        strike(fault);
      }
    }
  }

  void strike(LinkFault fault) {
    switch (fault) {
      case DELAY, DROP, DUPLICATE, REORDER -> {
        toDialled.suffer(fault);
        toDialling.suffer(fault);
      }
      case STALL -> {
        toDialled.stall();
        toDialling.stall();
      }
      default -> {
        dialling.loop().execute(() -> strike(dialling, diallingGroup, fault));
        dialled.loop().execute(() -> strike(dialled, dialledGroup, fault));
      }
    }
  }

  /** The streams of a group suffer {@code fault}, each by itself, and the group does not. */
  void strikeStreams(LinkFault fault) {
    for (MemoryGroup group : new MemoryGroup[] {diallingGroup, dialledGroup}) {
      if (group != null) {
        group.loop().execute(() -> group.strikeStreams(fault));
      }
    }
  }

  private static void strike(MemoryPipe end, @Nullable MemoryGroup group, LinkFault fault) {
    boolean ofContent = fault == LinkFault.TRUNCATE || fault == LinkFault.HALF_CLOSE;
    if (group != null && ofContent) {
      group.strikeStreams(fault); // it carries nothing itself
    } else {
      strike(end, fault);
    }
  }

  void heal() {
    toDialled.heal(wire.latency());
    toDialling.heal(wire.latency());
  }

  /** One end suffers {@code fault}; on its loop. */
  static void strike(MemoryPipe end, LinkFault fault) {
    switch (fault) {
      case CUT -> end.fail(new ConnectionLostException("connection with " + end + ": reset"));
      case CORRUPT -> end.fail(new FramingException("frame from " + end + ": reserved bits set"));
      case TRUNCATE -> end.truncateNext();
      case HALF_CLOSE -> end.peerFinished();
      case FAREWELL -> {
        end.finish();
        end.peerFinished();
      }
      default -> throw new IllegalArgumentException(fault + " does not strike a flow");
    }
  }
}
