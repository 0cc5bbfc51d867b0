package dev.earshot.testing;

import static dev.earshot.testing.FaultMatrix.everythingOf;
import static dev.earshot.testing.FaultMatrix.verify;
import static dev.earshot.testing.FaultMatrix.verifyDone;
import static dev.earshot.testing.FaultMatrix.verifyNone;

import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.Endpoint;
import dev.earshot.Identity;
import dev.earshot.Listener;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.QuicOptions;
import dev.earshot.Security;
import dev.earshot.SendOptions;
import dev.earshot.TrustEvaluator;
import dev.earshot.testing.FaultMatrix.Case;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Both ends of a group, with streams that either side opens and with datagrams, and what may happen
 * to the group, to its streams alone, and to datagrams.
 */
final class GroupFaults {
  private static final int PORT = 4242;
  private static final int ALL = 100;

  /** Fewer than are opened, so that some have to wait. */
  private static final int MOST_STREAMS = 4;

  private static final Duration AT_ONCE = Duration.ZERO;
  private static final Duration HALF_WAY = Duration.ofNanos(500_000);
  private static final Duration ONE_WAY = Duration.ofMillis(1);
  private static final Duration SHORT = Duration.ofMillis(100);
  private static final Duration LONG = Duration.ofMinutes(3);

  private static final Identity IDENTITY = MemoryIdentity.make();

  private GroupFaults() {}

  /** When a fault strikes. */
  private enum Moment {
    BEFORE_THE_DIAL,
    WHILE_DIALLING,
    WHILE_SHAKING_HANDS,
    AT_REST,
    WHILE_STREAMS_OPEN,
    WHILE_STREAMS_ARRIVE,
    WHILE_SENDING,
    WHILE_RECEIVING,
    AFTER_THE_FINAL_MESSAGES,
    WHILE_STREAMS_END,
    WHILE_ENDING,
    WHILE_BOTH_SIDES_END
  }

  /** What strikes, by name. */
  private record Trouble(String name, Consumer<Life> strike) {
    static Trouble planned(LinkFault fault) {
      return new Trouble(fault.name(), life -> life.room.wire().plan(fault));
    }

    static Trouble ofAll(LinkFault fault) {
      return new Trouble(fault.name(), life -> life.room.wire().strike(fault));
    }

    static Trouble ofStreams(LinkFault fault) {
      return new Trouble("streams " + fault.name(), life -> life.room.wire().strikeStreams(fault));
    }

    static Trouble ofDatagrams(DatagramFault fault) {
      return new Trouble("datagrams " + fault.name(), life -> life.room.wire().afflict(fault, ALL));
    }
  }

  /** What a user of either side may do at any moment. */
  private static List<Trouble> byUsers() {
    return List.of(
        new Trouble("cancelled here", life -> life.here.leave()),
        new Trouble("cancelled there", life -> life.there.leave()),
        new Trouble("force-cancelled here", life -> life.here.leaveAtOnce()),
        new Trouble("force-cancelled there", life -> life.there.leaveAtOnce()),
        new Trouble("network closed here", life -> life.here.closeNetwork()),
        new Trouble("network closed there", life -> life.there.closeNetwork()));
  }

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (Moment moment : Moment.values()) {
      for (Trouble trouble : troubles(moment)) {
        String name = "group " + trouble.name() + " " + moment;
        cases.add(new Case(name, () -> new Life(moment, trouble).live()));
      }
    }
    return cases;
  }

  private static List<Trouble> troubles(Moment moment) {
    Stream<Trouble> ofDatagrams = Stream.of(DatagramFault.values()).map(Trouble::ofDatagrams);
    if (moment == Moment.BEFORE_THE_DIAL) {
      Stream<Trouble> planned = Stream.of(LinkFault.values()).map(Trouble::planned);
      return Stream.concat(planned, ofDatagrams).toList();
    }
    Stream<Trouble> ofAll =
        Stream.of(LinkFault.values())
            .filter(fault -> fault.stage() == LinkFault.Stage.FLOW)
            .map(Trouble::ofAll);
    // Content is lost or breaks off, and half of a stream ends, on streams only anyhow.
    Stream<Trouble> ofStreams =
        Stream.of(LinkFault.CUT, LinkFault.CORRUPT, LinkFault.FAREWELL).map(Trouble::ofStreams);
    return Stream.of(ofAll, ofStreams, ofDatagrams, byUsers().stream())
        .flatMap(each -> each)
        .toList();
  }

  /** One side, with all that it has of the group. */
  private static final class Party {
    private final MemoryRoom.Computer at;
    private final List<ConnectionGroup> groups = new ArrayList<>();
    private final List<RecordingGroup> groupHandlers = new ArrayList<>();
    private final List<RecordingHandler> handlers = new ArrayList<>();
    private final Map<Connection, ConnectionGroup> ends = new LinkedHashMap<>();
    private final List<CompletableFuture<?>> asked = new ArrayList<>();

    /** Connections that are never started; a network does not keep them. */
    private final List<Connection> unstarted = new ArrayList<>();

    /** What is asked of them: done when the network is closed. */
    private final List<CompletableFuture<?>> askedInVain = new ArrayList<>();

    /** Where this side has said its last. */
    private final Set<Connection> last = new HashSet<>();

    private int arrivals;
    private boolean networkClosed;

    private Party(MemoryRoom.Computer at) {
      this.at = at;
    }

    /** Begins with {@code group}: what it is asked for has to wait until the group is ready. */
    private void join(ConnectionGroup group) {
      RecordingGroup handler =
          RecordingGroup.on(at.queue()).receiving(stream -> arrived(group, stream));
      groups.add(group);
      groupHandlers.add(handler);
      asked.add(group.ready());
      begin(group, group.openStream());
      begin(group, group.datagrams());
      asked.add(FaultMatrix.subscription(group.datagrams()));
      unstarted.add(group.openStream());
      group.start(handler, at.queue());
    }

    private void begin(ConnectionGroup group, Connection connection) {
      RecordingHandler handler = RecordingHandler.on(at.queue());
      handlers.add(handler);
      ends.put(connection, group);
      connection.start(handler, at.queue());
      ask(connection);
    }

    /** The peer has opened one; of every three, one is left as it has come. */
    private void arrived(ConnectionGroup group, Connection stream) {
      if (++arrivals % 3 == 0 || networkClosed) {
        ends.put(stream, group);
        ask(stream);
      } else {
        begin(group, stream);
      }
    }

    private void askInVain() {
      unstarted.forEach(stream -> askedInVain.addAll(everythingOf(stream, false)));
    }

    private void open() {
      if (networkClosed) {
        return; // nobody opens any more
      }
      for (ConnectionGroup group : groups) {
        for (int i = 0; i < MOST_STREAMS; i++) {
          begin(group, group.openStream());
        }
      }
    }

    private void ask() {
      List.copyOf(ends.keySet()).forEach(this::ask);
      groups.forEach(group -> asked.add(group.ready()));
    }

    private void ask(Connection connection) {
      boolean datagrams = groups.stream().anyMatch(group -> group.datagrams() == connection);
      asked.addAll(everythingOf(connection, datagrams));
    }

    private void sayTheLast() {
      List<Connection> all = List.copyOf(ends.keySet());
      for (int i = 0; i < all.size(); i += 2) {
        last.add(all.get(i));
        asked.add(all.get(i).send(Payload.utf8("last"), SendOptions.FINAL));
      }
    }

    private void endSomeStreams() {
      List<Connection> all = List.copyOf(ends.keySet());
      for (int i = 0; i < all.size(); i += 3) {
        if (i % 2 == 0) {
          all.get(i).forceCancel();
        } else {
          asked.add(all.get(i).cancel());
        }
      }
    }

    private void leave() {
      groups.forEach(group -> asked.add(group.cancel()));
    }

    private void leaveAtOnce() {
      groups.forEach(ConnectionGroup::forceCancel);
    }

    private void closeNetwork() {
      networkClosed = true;
      at.close();
    }

    /** Where a group is over, so is what belongs to it, but for what can still be read. */
    private void verifyTogether() {
      ends.forEach(
          (end, group) ->
              verify(
                  !isOver(group.state()) || isOver(end.state()) || isLeftToBeRead(end, group),
                  end + " of a group that is " + group.state() + " is " + end.state()));
    }

    /** It was handed over just now; or both sides have said their last, and it was not read yet. */
    private boolean isLeftToBeRead(Connection end, ConnectionGroup group) {
      boolean isNew = end.state() instanceof Connection.State.Setup;
      boolean isFinished = group.state() instanceof Connection.State.Failed && last.contains(end);
      return isNew || isFinished;
    }

    /** The groups are over, and all that belongs to them. */
    private void verifyOver() {
      for (ConnectionGroup group : groups) {
        verify(group.state() instanceof Connection.State.Cancelled, group + " " + group.state());
      }
      for (Connection end : ends.keySet()) {
        verify(isOver(end.state()), end + " of a group that is over is " + end.state());
      }
      verifyDone(asked);
    }

    private static boolean isOver(Connection.State state) {
      return state instanceof Connection.State.Failed
          || state instanceof Connection.State.Cancelled;
    }

    /** Whoever had ended by himself is told so too. */
    private void cancelAll() {
      ends.keySet().forEach(end -> asked.add(end.cancel()));
    }

    private void verifyUnstarted() {
      verifyDone(askedInVain);
      for (Connection never : unstarted) {
        verify(never.state() instanceof Connection.State.Cancelled, never + " " + never.state());
      }
    }

    private void verifyTold() {
      verifyDone(asked);
      for (RecordingGroup handler : groupHandlers) {
        verifyNone("told against the rules of groups", handler.violations());
        verifyStates(handler.stateNames());
      }
      for (RecordingHandler handler : handlers) {
        verifyNone("told against the rules", handler.violations());
        verifyStates(handler.stateNames());
        String all = handler.states().toString();
        verify(!all.contains("mistake of the library"), all);
      }
    }

    private static void verifyStates(List<String> told) {
      for (String once : List.of("Ready", "Failed", "Cancelled")) {
        verify(told.stream().filter(once::equals).count() <= 1, "told twice: " + told);
      }
      verify(told.get(told.size() - 1).equals("Cancelled"), "not at its end: " + told);
    }
  }

  /** One run. */
  private static final class Life {
    private final MemoryRoom room = new MemoryRoom(19);
    private final Party here = new Party(room.computer("10.0.0.1"));
    private final Party there = new Party(room.computer("10.0.0.2"));
    private final RecordingListener door = RecordingListener.on(there.at.queue());
    private final Parameters parameters;
    private final Listener listener;
    private final Moment moment;
    private final Trouble trouble;

    private Life(Moment moment, Trouble trouble) {
      this.moment = moment;
      this.trouble = trouble;
      room.wire().capacity(2_000);
      QuicOptions options =
          QuicOptions.builder("fault").maximumStreams(MOST_STREAMS).datagrams().build();
      Parameters.Builder chosen =
          Parameters.quic(options)
              .security(Security.pki(IDENTITY, TrustEvaluator.system()))
              .sendBudget(1_000);
      parameters = chosen.build();
      listener = there.at.network().listener(chosen.localPort(PORT).build());
    }

    private void live() {
      listener.start(door.receivingGroups(there::join), there.at.queue());
      there.asked.add(listener.ready());
      room.time().advance(SHORT);
      step(Moment.BEFORE_THE_DIAL, AT_ONCE, AT_ONCE);
      Endpoint whom = Endpoint.hostPort("10.0.0.2", PORT);
      here.join(here.at.network().connectionGroup(whom, parameters));
      step(Moment.WHILE_DIALLING, HALF_WAY, AT_ONCE);
      step(Moment.WHILE_SHAKING_HANDS, ONE_WAY, SHORT);
      step(Moment.AT_REST, AT_ONCE, SHORT);
      both(Party::open);
      step(Moment.WHILE_STREAMS_OPEN, AT_ONCE, HALF_WAY);
      step(Moment.WHILE_STREAMS_ARRIVE, AT_ONCE, SHORT);
      both(Party::askInVain);
      both(Party::ask);
      step(Moment.WHILE_SENDING, AT_ONCE, ONE_WAY);
      step(Moment.WHILE_RECEIVING, AT_ONCE, SHORT);
      both(Party::sayTheLast);
      step(Moment.AFTER_THE_FINAL_MESSAGES, AT_ONCE, LONG);
      end();
    }

    private void end() {
      both(Party::open);
      both(Party::endSomeStreams);
      step(Moment.WHILE_STREAMS_END, AT_ONCE, ONE_WAY);
      both(Party::ask);
      here.leave();
      step(Moment.WHILE_ENDING, AT_ONCE, ONE_WAY);
      there.leave();
      step(Moment.WHILE_BOTH_SIDES_END, AT_ONCE, ONE_WAY);
      both(Party::ask);
      there.asked.add(listener.cancel());
      room.time().advance(LONG);
      both(Party::verifyOver);
      both(Party::cancelAll);
      room.time().advance(ONE_WAY);
      both(Party::verifyTold);
      room.close();
      both(Party::verifyUnstarted);
      verifyNone("told against the rules of listeners", door.violations());
      verifyNone("open in the end", room.wire().open());
      verify(room.time().pendingTimers() == 0, "timers are left");
    }

    private void both(Consumer<Party> what) {
      what.accept(here);
      what.accept(there);
    }

    /** Lets {@code before} pass, then the trouble begin if it is time, then {@code after}. */
    private void step(Moment now, Duration before, Duration after) {
      room.time().advance(before);
      if (moment == now) {
        trouble.strike().accept(this);
      }
      room.time().advance(after);
      both(Party::verifyTogether);
    }
  }
}
