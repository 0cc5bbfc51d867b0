package dev.earshot.internal.listener;

import dev.earshot.Listener;
import dev.earshot.NetworkException;
import java.util.List;
import java.util.Optional;

/**
 * Which state a listener is in, and what each event makes of it; {@code docs/states.md} has the
 * table. Pure: knows neither I/O nor threads.
 *
 * <p>It has two phases more than {@link Listener.State}: {@code STARTING}, while it is found out
 * which addresses to bind, and {@code BINDING}. In both the listener shows the state before them.
 */
final class ListenerMachine {
  private Phase phase;
  private Listener.State shown;

  /** Where the machine is. */
  enum Phase {
    SETUP,
    STARTING,
    BINDING,
    WAITING,
    READY,
    FAILED,
    CANCELLED
  }

  /** What is to be done after an event, in the order in which a transition lists it. */
  enum Effect {
    /** Find out which addresses to bind. */
    SEEK,
    /** Bind them. */
    BIND,
    /** Bind again after a while. */
    RETRY,
    /** Free what is bound. */
    UNBIND,
    /** Advertise, if there is something to be advertised. */
    ADVERTISE,
    /** Stop advertising. */
    WITHDRAW
  }

  /** What happens to a listener. */
  sealed interface Event {
    /** The user started it. */
    record Start() implements Event {}

    /** There is something to bind, or other addresses than those that are bound. */
    record Addresses() implements Event {}

    /** What it needs is not there. */
    record NoAddresses(NetworkException reason) implements Event {}

    /** The port is bound. */
    record Bound() implements Event {}

    /** It could not be bound, or was lost, and may work in a moment. */
    record Refused(NetworkException reason) implements Event {}

    /** It cannot be. */
    record Fail(NetworkException cause) implements Event {}

    /** The user, or the network's end, cancelled it. */
    record Cancel() implements Event {}
  }

  /**
   * What became of an event.
   *
   * @param phase where the machine is now
   * @param entered the state that was entered, if the user is to be told
   * @param effects what is to be done
   */
  record Transition(Phase phase, Optional<Listener.State> entered, List<Effect> effects) {}

  ListenerMachine() {
    this(Phase.SETUP, new Listener.State.Setup());
  }

  /** A machine that has got to {@code phase} already. */
  ListenerMachine(Phase phase, Listener.State shown) {
    this.phase = phase;
    this.shown = shown;
  }

  Phase phase() {
    return phase;
  }

  /**
   * Takes {@code event}.
   *
   * @throws IllegalStateException if it cannot happen in this phase
   */
  Transition on(Event event) {
    if (event instanceof Event.Start) {
      return start();
    }
    if (event instanceof Event.Cancel) {
      return cancel();
    }
    if (phase == Phase.FAILED || phase == Phase.CANCELLED) {
      return stay(); // it was under way when the listener ended
    }
    if (phase == Phase.SETUP) {
      throw illegal(event);
    }
    if (event instanceof Event.Addresses) {
      return addresses();
    }
    if (event instanceof Event.NoAddresses none) {
      return waiting(none.reason(), List.of(Effect.WITHDRAW, Effect.UNBIND));
    }
    if (event instanceof Event.Fail fail) {
      return enter(
          Phase.FAILED,
          new Listener.State.Failed(fail.cause()),
          List.of(Effect.WITHDRAW, Effect.UNBIND));
    }
    if (event instanceof Event.Refused refused && isBound()) {
      return waiting(refused.reason(), List.of(Effect.WITHDRAW, Effect.UNBIND, Effect.RETRY));
    }
    if (event instanceof Event.Bound && phase == Phase.BINDING) {
      return enter(Phase.READY, new Listener.State.Ready(), List.of(Effect.ADVERTISE));
    }
    throw illegal(event);
  }

  private boolean isBound() {
    return phase == Phase.BINDING || phase == Phase.READY;
  }

  private Transition start() {
    if (phase != Phase.SETUP) {
      throw illegal(new Event.Start());
    }
    phase = Phase.STARTING;
    return new Transition(phase, Optional.empty(), List.of(Effect.SEEK));
  }

  private Transition addresses() {
    if (phase == Phase.READY) {
      return new Transition(phase, Optional.empty(), List.of(Effect.BIND)); // the additional ones
    }
    boolean binding = phase == Phase.BINDING;
    phase = Phase.BINDING;
    return new Transition(
        phase,
        Optional.empty(),
        binding ? List.of(Effect.UNBIND, Effect.BIND) : List.of(Effect.BIND));
  }

  private Transition cancel() {
    return phase == Phase.CANCELLED
        ? stay()
        : enter(
            Phase.CANCELLED,
            new Listener.State.Cancelled(),
            List.of(Effect.WITHDRAW, Effect.UNBIND));
  }

  private Transition waiting(NetworkException reason, List<Effect> effects) {
    phase = Phase.WAITING;
    boolean known =
        shown instanceof Listener.State.Waiting before
            && String.valueOf(before.reason().getMessage()).equals(reason.getMessage());
    return known
        ? new Transition(phase, Optional.empty(), effects)
        : enter(Phase.WAITING, new Listener.State.Waiting(reason), effects);
  }

  private Transition enter(Phase next, Listener.State state, List<Effect> effects) {
    phase = next;
    shown = state;
    return new Transition(next, Optional.of(state), effects);
  }

  private Transition stay() {
    return new Transition(phase, Optional.empty(), List.of());
  }

  private IllegalStateException illegal(Event event) {
    return new IllegalStateException("a listener in " + phase + " cannot take " + event);
  }
}
