package dev.earshot.internal.connection;

import static dev.earshot.internal.connection.ConnectionMachine.Effect.ABORT_PIPE;
import static dev.earshot.internal.connection.ConnectionMachine.Effect.ADOPT_PIPE;
import static dev.earshot.internal.connection.ConnectionMachine.Effect.BEGIN_ATTEMPT;
import static dev.earshot.internal.connection.ConnectionMachine.Effect.CANCEL_ATTEMPT;
import static dev.earshot.internal.connection.ConnectionMachine.Effect.CLOSE_PIPE;
import static dev.earshot.internal.connection.ConnectionMachine.Effect.REFUSE_ARRIVAL;
import static dev.earshot.internal.connection.ConnectionMachine.Effect.RELEASE;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The life of a connection as a table: which event leads from which phase to which, and what is to
 * be done about it. Pure: no threads, no time, no I/O. {@code docs/states.md} shows the table.
 *
 * <p>What a user or a timer may do at any moment has a row in every phase. What a provider may do
 * only in some phases is illegal in the others, and an illegal pair throws, here and nowhere else.
 */
final class ConnectionMachine {
  private static final Map<Phase, Map<Event, Transition>> TABLE = table();

  private Phase phase = Phase.SETUP;

  /** Where a connection is, seen from inside: {@code CLOSING} is shown to users as Ready. */
  enum Phase {
    /** Not started. */
    SETUP,
    /** Looking up, dialling, shaking hands. */
    PREPARING,
    /** Waiting for a link to change, for a restart, or for a pause to be over. */
    WAITING,
    /** Content flows. */
    READY,
    /** What was taken is being sent, and the peer's farewell awaited. */
    CLOSING,
    /** Over, by the network or the peer. */
    FAILED,
    /** Over, by this side. */
    CANCELLED
  }

  /** What happens to a connection. */
  enum Event {
    /** The user starts it. */
    START,
    /** An incoming one was not started in time. */
    NOT_STARTED,
    /** A pipe came about. */
    ESTABLISHED,
    /** No pipe came about, and perhaps one will later. */
    UNREACHED,
    /** No pipe came about, and trying again would not help. */
    REFUSED,
    /** The user says restart, a link changed, or the pause is over. */
    RETRY,
    /** The time that the user gave it to become ready is over. */
    TIMED_OUT,
    /** The pipe broke. */
    LOST,
    /** The pipe ended in order, though this side would have sent more. */
    CLOSED,
    /** The pipe ended in order, after this side's final message. */
    FINISHED,
    /** The user says cancel. */
    CANCEL,
    /** The user, or the network that closes, says force-cancel. */
    FORCE_CANCEL,
    /** The peer's farewell did not come in time. */
    GRACE_OVER,
    /** A file cannot be read to its end, or the library found a mistake of its own. */
    BROKEN
  }

  /** What is to be done about it, once the user was told of the state. */
  enum Effect {
    /** Look up, dial, shake hands; or open the arrival. */
    BEGIN_ATTEMPT,
    /** Free what the attempt holds; it reports nothing any more. */
    CANCEL_ATTEMPT,
    /** Close the socket of an arrival that was not opened. */
    REFUSE_ARRIVAL,
    /** Let content flow. */
    ADOPT_PIPE,
    /** Send what was taken, say farewell, and wait for a second at most. */
    CLOSE_PIPE,
    /** Free the pipe at once. */
    ABORT_PIPE,
    /** Stop the timers, fail what is outstanding, tell the network. */
    RELEASE
  }

  /**
   * What an event leads to.
   *
   * @param next the next phase
   * @param effects what is to be done, in this order
   */
  record Transition(Phase next, List<Effect> effects) {
    static Transition to(Phase next, Effect... effects) {
      return new Transition(next, List.of(effects));
    }
  }

  /** Where the connection is. */
  Phase phase() {
    return phase;
  }

  /**
   * Takes {@code event} into account.
   *
   * @throws IllegalStateException if it cannot happen in this phase
   */
  Transition on(Event event) {
    Transition transition = transition(phase, event);
    if (transition == null) {
      throw new IllegalStateException(event + " cannot happen in " + phase);
    }
    phase = transition.next();
    return transition;
  }

  /** What {@code event} leads to from {@code from}; null if the pair is illegal. */
  static @Nullable Transition transition(Phase from, Event event) {
    return row(TABLE, from).get(event);
  }

  private static Map<Event, Transition> row(Map<Phase, Map<Event, Transition>> table, Phase from) {
    return table.computeIfAbsent(from, phase -> new EnumMap<>(Event.class));
  }

  private static Map<Phase, Map<Event, Transition>> table() {
    Map<Phase, Map<Event, Transition>> table = new EnumMap<>(Phase.class);
    for (Phase phase : Phase.values()) {
      for (Event harmless :
          List.of(Event.RETRY, Event.TIMED_OUT, Event.GRACE_OVER, Event.NOT_STARTED)) {
        row(table, phase).put(harmless, Transition.to(phase));
      }
    }
    fillBeforeReady(table);
    fillSinceReady(table);
    fillOver(table);
    return table;
  }

  private static void fillBeforeReady(Map<Phase, Map<Event, Transition>> table) {
    Map<Event, Transition> setup = row(table, Phase.SETUP);
    setup.put(Event.START, Transition.to(Phase.PREPARING, BEGIN_ATTEMPT));
    setup.put(Event.NOT_STARTED, Transition.to(Phase.FAILED, REFUSE_ARRIVAL, RELEASE));
    setup.put(Event.CANCEL, Transition.to(Phase.CANCELLED, REFUSE_ARRIVAL, RELEASE));
    setup.put(Event.FORCE_CANCEL, Transition.to(Phase.CANCELLED, REFUSE_ARRIVAL, RELEASE));
    setup.put(Event.BROKEN, Transition.to(Phase.FAILED, REFUSE_ARRIVAL, RELEASE));

    Map<Event, Transition> preparing = row(table, Phase.PREPARING);
    preparing.put(Event.ESTABLISHED, Transition.to(Phase.READY, ADOPT_PIPE));
    preparing.put(Event.UNREACHED, Transition.to(Phase.WAITING));
    preparing.put(Event.REFUSED, Transition.to(Phase.FAILED, RELEASE));
    preparing.put(Event.TIMED_OUT, Transition.to(Phase.FAILED, CANCEL_ATTEMPT, RELEASE));
    preparing.put(Event.CANCEL, Transition.to(Phase.CANCELLED, CANCEL_ATTEMPT, RELEASE));
    preparing.put(Event.FORCE_CANCEL, Transition.to(Phase.CANCELLED, CANCEL_ATTEMPT, RELEASE));
    preparing.put(Event.BROKEN, Transition.to(Phase.FAILED, CANCEL_ATTEMPT, RELEASE));

    Map<Event, Transition> waiting = row(table, Phase.WAITING);
    waiting.put(Event.RETRY, Transition.to(Phase.PREPARING, BEGIN_ATTEMPT));
    waiting.put(Event.TIMED_OUT, Transition.to(Phase.FAILED, RELEASE));
    waiting.put(Event.CANCEL, Transition.to(Phase.CANCELLED, RELEASE));
    waiting.put(Event.FORCE_CANCEL, Transition.to(Phase.CANCELLED, RELEASE));
    waiting.put(Event.BROKEN, Transition.to(Phase.FAILED, RELEASE));
  }

  private static void fillSinceReady(Map<Phase, Map<Event, Transition>> table) {
    Map<Event, Transition> ready = row(table, Phase.READY);
    ready.put(Event.LOST, Transition.to(Phase.FAILED, RELEASE));
    ready.put(Event.CLOSED, Transition.to(Phase.FAILED, RELEASE));
    ready.put(Event.FINISHED, Transition.to(Phase.CANCELLED, RELEASE));
    ready.put(Event.CANCEL, Transition.to(Phase.CLOSING, CLOSE_PIPE));
    ready.put(Event.FORCE_CANCEL, Transition.to(Phase.CANCELLED, ABORT_PIPE, RELEASE));
    ready.put(Event.BROKEN, Transition.to(Phase.FAILED, ABORT_PIPE, RELEASE));

    Map<Event, Transition> closing = row(table, Phase.CLOSING);
    closing.put(Event.LOST, Transition.to(Phase.CANCELLED, RELEASE));
    closing.put(Event.CLOSED, Transition.to(Phase.CANCELLED, RELEASE));
    closing.put(Event.FINISHED, Transition.to(Phase.CANCELLED, RELEASE));
    closing.put(Event.CANCEL, Transition.to(Phase.CLOSING));
    closing.put(Event.FORCE_CANCEL, Transition.to(Phase.CANCELLED, ABORT_PIPE, RELEASE));
    closing.put(Event.GRACE_OVER, Transition.to(Phase.CANCELLED, ABORT_PIPE, RELEASE));
    closing.put(Event.BROKEN, Transition.to(Phase.CANCELLED, ABORT_PIPE, RELEASE));
  }

  private static void fillOver(Map<Phase, Map<Event, Transition>> table) {
    Map<Event, Transition> failed = row(table, Phase.FAILED);
    failed.put(Event.START, Transition.to(Phase.FAILED));
    failed.put(Event.CANCEL, Transition.to(Phase.CANCELLED));
    failed.put(Event.FORCE_CANCEL, Transition.to(Phase.CANCELLED));
    failed.put(Event.BROKEN, Transition.to(Phase.FAILED));

    Map<Event, Transition> cancelled = row(table, Phase.CANCELLED);
    cancelled.put(Event.START, Transition.to(Phase.CANCELLED));
    cancelled.put(Event.CANCEL, Transition.to(Phase.CANCELLED));
    cancelled.put(Event.FORCE_CANCEL, Transition.to(Phase.CANCELLED));
    cancelled.put(Event.BROKEN, Transition.to(Phase.CANCELLED));
  }
}
