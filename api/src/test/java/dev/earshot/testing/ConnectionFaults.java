package dev.earshot.testing;

import static dev.earshot.testing.FaultMatrix.everythingOf;
import static dev.earshot.testing.FaultMatrix.verify;
import static dev.earshot.testing.FaultMatrix.verifyDone;
import static dev.earshot.testing.FaultMatrix.verifyNone;

import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.Listener;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.SendOptions;
import dev.earshot.testing.FaultMatrix.Case;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Both ends of a connection, and what may happen to what lies between them. */
final class ConnectionFaults {
  private static final int PORT = 4242;
  private static final int ALL = 100;
  private static final Duration SHORT = Duration.ofMillis(100);
  private static final Duration ONE_WAY = Duration.ofMillis(1);
  private static final Duration LONG = Duration.ofMinutes(3);

  private static final Map<String, Supplier<Parameters.Builder>> KINDS =
      Map.of(
          "TCP", Parameters::tcp,
          "WebSocket", Parameters::webSocket,
          "UDP", Parameters::udp);

  private ConnectionFaults() {}

  /** When a fault strikes. */
  private enum Moment {
    BEFORE_THE_START,
    WHILE_CONNECTING,
    AT_REST,
    WHILE_SENDING,
    WHILE_RECEIVING,
    AFTER_THE_FINAL_MESSAGE,
    WHILE_CANCELLING
  }

  /** What strikes, by name: before there is a connection, and later. */
  private record Trouble(String name, Consumer<MemoryWire> plan, Consumer<MemoryWire> strike) {
    static Trouble of(LinkFault fault) {
      return new Trouble(fault.name(), wire -> wire.plan(fault), wire -> wire.strike(fault));
    }

    static Trouble of(DatagramFault fault) {
      Consumer<MemoryWire> afflict = wire -> wire.afflict(fault, ALL);
      return new Trouble(fault.name(), afflict, afflict);
    }
  }

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (String kind : KINDS.keySet().stream().sorted().toList()) {
      for (Moment moment : Moment.values()) {
        for (Trouble trouble : troubles(kind, moment)) {
          String name = kind + " " + trouble.name() + " " + moment;
          cases.add(new Case(name, () -> new Life(kind, moment, trouble).live()));
        }
      }
    }
    return cases;
  }

  private static List<Trouble> troubles(String kind, Moment moment) {
    boolean flows = moment != Moment.BEFORE_THE_START;
    Stream<LinkFault> ofLinks =
        Stream.of(LinkFault.values())
            .filter(fault -> !flows || fault.stage() == LinkFault.Stage.FLOW);
    if (!kind.equals("UDP")) {
      return ofLinks.map(Trouble::of).toList();
    }
    // Before there is a flow, only datagrams can be struck.
    Stream<Trouble> ofFlows = ofLinks.filter(MemoryFlow::suffers).map(Trouble::of);
    Stream<Trouble> ofDatagrams = Stream.of(DatagramFault.values()).map(Trouble::of);
    return Stream.concat(flows ? ofFlows : Stream.of(), ofDatagrams).toList();
  }

  /** One run. */
  private static final class Life {
    private final MemoryRoom room = new MemoryRoom(7);
    private final MemoryRoom.Computer here = room.computer("10.0.0.1");
    private final MemoryRoom.Computer there = room.computer("10.0.0.2");
    private final RecordingHandler handler = RecordingHandler.on(here.queue());
    private final RecordingHandler thereHandler = RecordingHandler.on(there.queue());
    private final List<CompletableFuture<?>> asked = new ArrayList<>();
    private final List<Connection> ends = new ArrayList<>();
    private final Parameters parameters;
    private final Listener listener;
    private final boolean datagrams;
    private final Moment moment;
    private final Trouble trouble;

    private Life(String kind, Moment moment, Trouble trouble) {
      this.moment = moment;
      this.trouble = trouble;
      datagrams = kind.equals("UDP");
      room.wire().capacity(2_000);
      Parameters.Builder chosen = KINDS.get(kind).get().sendBudget(1_000);
      parameters = chosen.build();
      listener = there.network().listener(chosen.localPort(PORT).build());
    }

    private void live() {
      listener.start(RecordingListener.on(there.queue()).receiving(this::accept), there.queue());
      asked.add(listener.ready());
      room.time().advance(SHORT);
      Connection connection =
          here.network().connection(Endpoint.hostPort("10.0.0.2", PORT), parameters);
      ends.add(connection);
      if (moment == Moment.BEFORE_THE_START) {
        trouble.plan().accept(room.wire());
      }
      ask();
      connection.start(handler, here.queue());
      step(Moment.WHILE_CONNECTING, ONE_WAY, SHORT);
      step(Moment.AT_REST, Duration.ZERO, SHORT);
      ask();
      step(Moment.WHILE_SENDING, Duration.ZERO, ONE_WAY);
      step(Moment.WHILE_RECEIVING, ONE_WAY, SHORT);
      if (!datagrams) {
        ends.forEach(end -> asked.add(end.send(Payload.utf8("last"), SendOptions.FINAL)));
      }
      step(Moment.AFTER_THE_FINAL_MESSAGE, Duration.ZERO, LONG);
      leave();
    }

    private void leave() {
      ends.forEach(end -> asked.add(end.cancel()));
      step(Moment.WHILE_CANCELLING, Duration.ZERO, ONE_WAY);
      ask();
      asked.add(listener.cancel());
      room.time().advance(LONG);
      verifyDone(asked);
      for (Connection end : ends) {
        verify(end.state() instanceof Connection.State.Cancelled, end + " is " + end.state());
      }
      verifyNone("told against the rules", handler.violations());
      verifyNone("told against the rules there", thereHandler.violations());
      room.close();
      verifyNone("open in the end", room.wire().open());
      verify(room.time().pendingTimers() == 0, "timers are left");
    }

    private void accept(Connection arrived) {
      ends.add(arrived);
      boolean first = ends.size() == 2;
      arrived.start(first ? thereHandler : new RecordingHandler(), there.queue());
      asked.addAll(everythingOf(arrived, datagrams));
    }

    private void ask() {
      List.copyOf(ends).forEach(end -> asked.addAll(everythingOf(end, datagrams)));
      asked.add(FaultMatrix.subscription(ends.get(0)));
    }

    /** Lets {@code before} pass, then the fault strike if it is the moment, then {@code after}. */
    private void step(Moment now, Duration before, Duration after) {
      room.time().advance(before);
      if (moment == now) {
        trouble.strike().accept(room.wire());
      }
      room.time().advance(after);
    }
  }
}
