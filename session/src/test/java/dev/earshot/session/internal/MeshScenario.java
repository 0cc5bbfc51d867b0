package dev.earshot.session.internal;

import dev.earshot.session.internal.SimulatedWire.End;
import dev.earshot.session.internal.wire.Farewell;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One run of a {@link SimulatedMesh}, drawn from a seed: peers find and dial each other, things go
 * wrong for a while, then nothing does any more, and in the end each pair must have exactly one
 * connection of which both sides know. Then all leave, and nothing that was taken may be lost.
 */
final class MeshScenario {
  private static final Duration TROUBLE = Duration.ofSeconds(30);
  private static final Duration QUIET = Duration.ofSeconds(100);

  private final SimulatedMesh mesh;

  /** Pairs of which one has had enough of the other: "a-b", the smaller number first. */
  private final Set<String> parted = new HashSet<>();

  /** Pairs of which one can find, or was told of, the other. */
  private final Set<String> acquainted = new HashSet<>();

  private MeshScenario(SimulatedMesh mesh) {
    this.mesh = mesh;
  }

  /**
   * Runs {@code seed}; throws {@link AssertionError} if something does not hold.
   *
   * @return how often each farewell was said
   */
  static Map<Farewell, Integer> run(long seed, Sabotage sabotage) {
    try {
      boolean calm = seed % 3 == 0;
      Duration slowest = Duration.ofMillis(calm ? 80 : 1 + Math.floorMod(seed * 37, 700));
      SimulatedMesh mesh = new SimulatedMesh(seed, sabotage, slowest);
      mesh.calm = calm;
      new MeshScenario(mesh).run(calm);
      return mesh.farewells;
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }

  private void run(boolean calm) {
    int count = 2 + mesh.random.nextInt(3);
    for (int i = 0; i < count; i++) {
      mesh.node();
    }
    discover(calm ? Duration.ofSeconds(1) : Duration.ofSeconds(20));
    dialAtOnce(calm ? Duration.ofSeconds(2) : Duration.ofSeconds(20));
    if (!calm) {
      makeTrouble();
    }
    mesh.run(TROUBLE);
    mesh.run(QUIET);
    checkPairs();
    mesh.leaving = true;
    for (SimulatedNode node : mesh.nodes) {
      mesh.after(mesh.upTo(Duration.ofSeconds(5)), () -> mesh.leave(node));
    }
    mesh.run(Duration.ofSeconds(20));
    mesh.checkNothingIsLost();
  }

  private void discover(Duration within) {
    for (SimulatedNode who : mesh.nodes) {
      for (SimulatedNode whom : mesh.nodes) {
        boolean sees = who != whom && mesh.random.nextInt(4) != 0;
        if (sees) {
          acquainted.add(pair(who, whom));
          boolean claimed = mesh.random.nextInt(5) != 0;
          mesh.after(mesh.upTo(within), () -> mesh.find(who, whom, claimed));
        }
      }
    }
  }

  /** Both sides of some pairs are told to connect at nearly the same moment, perhaps repeatedly. */
  private void dialAtOnce(Duration within) {
    for (int i = mesh.random.nextInt(6); i > 0; i--) {
      SimulatedNode one = mesh.nodes.get(mesh.random.nextInt(mesh.nodes.size()));
      SimulatedNode two = mesh.nodes.get(mesh.random.nextInt(mesh.nodes.size()));
      Duration about = mesh.upTo(within);
      mesh.after(about.plus(mesh.upTo(Duration.ofMillis(50))), () -> mesh.connect(one, two));
      mesh.after(about.plus(mesh.upTo(Duration.ofMillis(50))), () -> mesh.connect(two, one));
    }
  }

  private void makeTrouble() {
    for (int i = mesh.random.nextInt(12); i > 0; i--) {
      mesh.after(mesh.upTo(TROUBLE), this::oneTrouble);
    }
  }

  private void oneTrouble() {
    SimulatedNode node = mesh.nodes.get(mesh.random.nextInt(mesh.nodes.size()));
    List<End> ends = new ArrayList<>(node.ends.values());
    int kind = mesh.random.nextInt(10);
    if (kind < 3) {
      if (!ends.isEmpty()) {
        mesh.cut(ends.get(mesh.random.nextInt(ends.size())).wire);
      }
    } else if (kind < 6) {
      if (!ends.isEmpty()) {
        ends.get(mesh.random.nextInt(ends.size())).wire.silent = true;
      }
    } else if (kind < 9) {
      if (node.isUp()) {
        mesh.crash(node, mesh.random.nextBoolean());
        mesh.after(mesh.upTo(Duration.ofSeconds(8)), () -> restart(node));
      }
    } else {
      SimulatedNode other = mesh.nodes.get(mesh.random.nextInt(mesh.nodes.size()));
      if (other != node) {
        parted.add(pair(node, other));
        mesh.disconnect(node, other);
      }
    }
  }

  private void restart(SimulatedNode node) {
    mesh.start(node);
    for (SimulatedNode other : mesh.nodes) {
      if (other != node && acquainted.contains(pair(node, other))) {
        mesh.after(mesh.upTo(Duration.ofSeconds(5)), () -> mesh.find(node, other, true));
      }
    }
  }

  private void checkPairs() {
    for (SimulatedNode one : mesh.nodes) {
      for (SimulatedNode two : mesh.nodes) {
        if (one.number < two.number) {
          List<SimulatedWire> mine = open(one, two);
          List<SimulatedWire> theirs = open(two, one);
          mesh.check(mine.equals(theirs), one + " has " + mine + " and " + two + " has " + theirs);
          if (acquainted.contains(pair(one, two)) && !parted.contains(pair(one, two))) {
            mesh.check(mine.size() == 1, one + " and " + two + " have " + mine);
          }
        }
      }
    }
  }

  private static List<SimulatedWire> open(SimulatedNode from, SimulatedNode to) {
    return from.ends.values().stream()
        .filter(end -> end.open && end.other().node == to)
        .map(end -> end.wire)
        .toList();
  }

  private static String pair(SimulatedNode one, SimulatedNode two) {
    return Math.min(one.number, two.number) + "-" + Math.max(one.number, two.number);
  }
}
