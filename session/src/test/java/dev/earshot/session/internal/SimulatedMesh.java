package dev.earshot.session.internal;

import dev.earshot.ConnectionLostException;
import dev.earshot.Endpoint;
import dev.earshot.FramingException;
import dev.earshot.Payload;
import dev.earshot.session.Peer;
import dev.earshot.session.PeerId;
import dev.earshot.session.PeerState;
import dev.earshot.session.internal.SimulatedWire.End;
import dev.earshot.session.internal.wire.Body;
import dev.earshot.session.internal.wire.EnvelopeReader;
import dev.earshot.session.internal.wire.EnvelopeWriter;
import dev.earshot.session.internal.wire.Farewell;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * Several sessions' machines on a network in virtual time, where everything takes a random while,
 * connections break or fall silent, and computers crash and restart. The same seed gives the same
 * run. What must hold at every moment is checked as it happens.
 */
final class SimulatedMesh {
  private static final int MAXIMUM_MESSAGE = 1 << 16;
  private static final int EVENTS_THAT_ARE_TOO_MANY = 400_000;

  final SplittableRandom random;
  final List<SimulatedNode> nodes = new ArrayList<>();
  final List<SimulatedWire> wires = new ArrayList<>();
  final Map<Farewell, Integer> farewells = new EnumMap<>(Farewell.class);
  final Sabotage sabotage;

  /** Whether nothing fails, so that what was connected must stay so. */
  boolean calm;

  /** Whether the end has come, so that sessions may leave. */
  boolean leaving;

  private final Duration slowest;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long now;
  private long made;
  private long incarnations;
  private int messages;

  private record Event(long at, long order, Runnable what) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
    }
  }

  SimulatedMesh(long seed, Sabotage sabotage, Duration slowest) {
    this.random = new SplittableRandom(seed);
    this.sabotage = sabotage;
    this.slowest = slowest;
  }

  // Time.

  long now() {
    return now;
  }

  void after(Duration delay, Runnable what) {
    events.add(new Event(now + delay.toNanos(), made++, what));
  }

  /** A random time up to {@code most}. */
  Duration upTo(Duration most) {
    return Duration.ofNanos(random.nextLong(most.toNanos() + 1));
  }

  void run(Duration time) {
    long end = now + time.toNanos();
    int done = 0;
    while (!events.isEmpty() && events.peek().at() <= end) {
      Event next = events.remove();
      now = next.at();
      next.what().run();
      if (++done > EVENTS_THAT_ARE_TOO_MANY) {
        throw new AssertionError("it never becomes quiet");
      }
    }
    now = end;
  }

  // Nodes.

  SimulatedNode node() {
    SimulatedNode node = new SimulatedNode(nodes.size(), random);
    nodes.add(node);
    start(node);
    return node;
  }

  void start(SimulatedNode node) {
    MeshSettings settings =
        new MeshSettings(
            node.self,
            ++incarnations,
            true,
            64,
            MAXIMUM_MESSAGE,
            Duration.ofSeconds(10),
            Duration.ofSeconds(10));
    node.start(settings, sabotage.rule(), random.split());
  }

  /** Crashes {@code node}; the others are told, or are not, as after a power failure. */
  void crash(SimulatedNode node, boolean told) {
    List<End> ends = List.copyOf(node.ends.values());
    node.stop();
    for (End end : ends) {
      end.wire.faulty = true;
      end.closed = true;
      if (told) {
        arrive(end, () -> lost(end.other(), "reset"));
      }
    }
  }

  void find(SimulatedNode who, SimulatedNode whom, boolean claimed) {
    if (who.isUp()) {
      Optional<PeerId> claim = claimed ? Optional.of(whom.self.id()) : Optional.empty();
      who.machine().found(now, whom.place, claim);
      perform(who);
    }
  }

  void connect(SimulatedNode who, SimulatedNode whom) {
    if (who.isUp()) {
      who.machine().connect(now, made++, whom.place);
      perform(who);
    }
  }

  void disconnect(SimulatedNode who, SimulatedNode whom) {
    if (who.isUp()) {
      who.machine().disconnect(now, whom.self.id());
      perform(who);
    }
  }

  void leave(SimulatedNode who) {
    who.machine().leave(now);
    perform(who);
  }

  // Faults.

  void cut(SimulatedWire wire) {
    wire.faulty = true;
    arrive(wire.dialling, () -> lost(wire.accepting, "cut"));
    arrive(wire.accepting, () -> lost(wire.dialling, "cut"));
  }

  private void lost(End end, String how) {
    if (end.isAlive()) {
      end.closed = true;
      end.node.machine().ended(now, end.link, new ConnectionLostException(end + " was " + how));
      perform(end.node);
    }
  }

  // Effects.

  private void perform(SimulatedNode node) {
    for (Effect next = node.effects.poll(); next != null; next = node.effects.poll()) {
      perform(node, next);
    }
    OptionalLong deadline = node.machine().deadline();
    if (deadline.isPresent() && deadline.getAsLong() < node.wakeAt) {
      MeshMachine machine = node.machine();
      node.wakeAt = deadline.getAsLong();
      after(Duration.ofNanos(Math.max(0, node.wakeAt - now)), () -> expire(node, machine));
    }
  }

  private void expire(SimulatedNode node, MeshMachine machine) {
    if (node.isUp() && node.machine() == machine) {
      node.wakeAt = Long.MAX_VALUE;
      machine.expire(now);
      perform(node);
    }
  }

  private void perform(SimulatedNode node, Effect effect) {
    if (effect instanceof Effect.Dial dial) {
      dial(node, dial);
    } else if (effect instanceof Effect.Say say) {
      say(end(node, say.link()), say.body());
    } else if (effect instanceof Effect.End end) {
      end(node, end.link());
      close(node.ends.remove(end.link()));
    } else if (effect instanceof Effect.Open open) {
      open(end(node, open.link()), open.peer());
    } else if (effect instanceof Effect.Report report) {
      report(node, report);
    }
  }

  private static End end(SimulatedNode node, long link) {
    End end = node.ends.get(link);
    if (end == null) {
      throw new AssertionError(node + " has no link " + link);
    }
    return end;
  }

  private void dial(SimulatedNode node, Effect.Dial dial) {
    SimulatedNode target =
        nodes.stream().filter(n -> n.place.equals(dial.to())).findFirst().orElseThrow();
    SimulatedWire wire = new SimulatedWire(wires.size(), node, target);
    wires.add(wire);
    wire.dialling.attach(dial.link());
    node.ends.put(dial.link(), wire.dialling);
    arrive(wire.dialling, () -> arrived(wire));
  }

  private void arrived(SimulatedWire wire) {
    SimulatedNode target = wire.accepting.node;
    boolean fails = !calm && random.nextInt(20) == 0;
    if (!target.isUp() || fails) {
      wire.faulty = true;
      arrive(wire.accepting, () -> lost(wire.dialling, "refused"));
      return;
    }
    arrive(wire.accepting, () -> opened(wire.dialling));
    Endpoint from = Endpoint.hostPort("from-" + wire.dialling.node, 1 + wire.number % 60_000);
    wire.accepting.attach(target.machine().accepted(now, from));
    target.ends.put(wire.accepting.link, wire.accepting);
    perform(target);
  }

  private void opened(End end) {
    if (end.isAlive()) {
      end.node.machine().opened(now, end.link);
      perform(end.node);
    }
  }

  private void say(End end, Body body) {
    if (end.closed) {
      return;
    }
    if (body instanceof Body.Welcome) {
      end.welcomeSaid = true;
      checkRule(end);
    }
    if (body instanceof Body.Hello hello && sabotage == Sabotage.OPENS_EARLY) {
      end.node.effects.add(new Effect.Open(end.link, end.other().node.self, hello));
    }
    if (body instanceof Body.Goodbye goodbye) {
      Farewell code = goodbye.code();
      farewells.merge(code, 1, Integer::sum);
      end.goodbyeSaid = true;
      boolean wanted = code == Farewell.LEAVING || code == Farewell.DISCONNECTED;
      end.leftCleanly = wanted && end.open && end.other().isAlive();
    }
    Payload envelope = EnvelopeWriter.write(body);
    arrive(end, () -> hear(end.other(), envelope));
  }

  private void close(End end) {
    if (!end.closed) {
      boolean settled = end.welcomeSaid || end.other().welcomeSaid;
      check(!calm || leaving || !settled, end + " is closed though it was welcomed");
      end.closed = true;
      end.open = false;
      arrive(end, () -> lost(end.other(), "closed"));
    }
  }

  /** Has {@code what} happen at the other end of {@code from}, after all that was said before. */
  private void arrive(End from, Runnable what) {
    from.lastArrival = Math.max(from.lastArrival, now + upTo(slowest).toNanos());
    after(
        Duration.ofNanos(from.lastArrival - now),
        () -> {
          if (!from.wire.silent) {
            what.run();
          }
        });
  }

  private void hear(End end, Payload envelope) {
    if (!end.isAlive()) {
      return;
    }
    Body body;
    try {
      body = EnvelopeReader.read(envelope, MAXIMUM_MESSAGE);
    } catch (FramingException e) {
      throw new AssertionError("a machine said what another cannot read", e);
    }
    boolean surfaces = end.node.machine().received(now, end.link, body);
    if (surfaces && body instanceof Body.Message message) {
      surface(end.other(), message.content());
    }
    perform(end.node);
  }

  // What must hold.

  private void open(End end, Peer peer) {
    check(end.bothWelcomed(), end + " is open before both said welcome");
    check(peer.equals(end.other().node.self), end + " is taken for " + peer);
    for (End other : end.node.ends.values()) {
      boolean second = other != end && other.open && other.other().node == end.other().node;
      check(!second, end + " is open beside " + other);
    }
    end.open = true;
    talk(end);
  }

  /** Of two crossed connections, that of the smaller id survives. */
  private void checkRule(End end) {
    SimulatedNode self = end.node;
    SimulatedNode other = end.other().node;
    boolean own = end == end.wire.dialling;
    if (!calm || own || self.self.id().compareTo(other.self.id()) > 0) {
      return; // what fails or is late cannot survive, and the other side only follows
    }
    for (SimulatedWire wire : wires) {
      boolean crossed =
          wire.dialling.node == self && wire.accepting.node == other && wire.dialling.isAlive();
      check(!crossed, self + " welcomes " + end.wire + " while it dials " + wire);
    }
  }

  private void talk(End end) {
    if (!end.open || !end.isAlive() || leaving) {
      return;
    }
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      Payload content = Payload.utf8("message " + messages++);
      end.taken.add(content);
      boolean loses = sabotage == Sabotage.LOSES_THE_LAST && random.nextInt(5) == 0;
      if (!loses) {
        say(end, new Body.Message(content));
      }
    }
    after(upTo(Duration.ofSeconds(8)), () -> talk(end));
  }

  private void surface(End sender, Payload content) {
    check(sender.bothWelcomed(), "content on " + sender + " before both said welcome");
    int copies = sabotage == Sabotage.DOUBLES && random.nextInt(5) == 0 ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      int at = sender.surfaced.size();
      boolean next = at < sender.taken.size() && sender.taken.get(at).equals(content);
      check(next, "message " + at + " on " + sender + " is lost, doubled or out of order");
      sender.surfaced.add(content);
    }
  }

  private void report(SimulatedNode node, Effect.Report report) {
    PeerState before = node.told.put(report.peer().id(), report.state());
    check(!report.state().equals(before), node + " is told twice: " + report);
    boolean lost =
        before instanceof PeerState.Connected
            && report.state() instanceof PeerState.Disconnected gone
            && gone.cause().isPresent();
    check(!calm || !lost, node + " lost a connection that nothing was wrong with: " + report);
  }

  /** Everything that a user was told was taken before a clean farewell has arrived. */
  void checkNothingIsLost() {
    for (SimulatedWire wire : wires) {
      for (End end : List.of(wire.dialling, wire.accepting)) {
        if (end.leftCleanly && !wire.faulty && !wire.silent && !end.other().goodbyeSaid) {
          check(
              end.surfaced.equals(end.taken),
              end + " took " + end.taken.size() + ", delivered " + end.surfaced.size());
        }
      }
    }
  }

  void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(Duration.ofNanos(now) + ": " + otherwise);
    }
  }
}
