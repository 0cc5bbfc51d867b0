package dev.earshot.internal.browser;

import dev.earshot.Browser;
import dev.earshot.NetworkException;
import java.util.Optional;

/**
 * Which state a browser is in, and what each event makes of it; {@code docs/states.md} has the
 * table. Pure: knows neither I/O nor threads.
 *
 * <p>It has one phase more than {@link Browser.State}: {@code STARTING}, until discovery answers
 * for the first time; the browser shows {@code Setup} then.
 */
final class BrowserMachine {
  private Phase phase;
  private Browser.State shown;

  /** Where the machine is. */
  enum Phase {
    SETUP,
    STARTING,
    WAITING,
    READY,
    FAILED,
    CANCELLED
  }

  /** What happens to a browser. */
  sealed interface Event {
    /** The user started it. */
    record Start() implements Event {}

    /** Discovery told what there is. */
    record Results() implements Event {}

    /** There is no link to browse on. */
    record NoLink(NetworkException reason) implements Event {}

    /** Discovery cannot go on. */
    record Fail(NetworkException cause) implements Event {}

    /** The user, or the network's end, cancelled it. */
    record Cancel() implements Event {}
  }

  /**
   * What became of an event.
   *
   * @param phase where the machine is now
   * @param entered the state that was entered, if the user is to be told
   */
  record Transition(Phase phase, Optional<Browser.State> entered) {}

  BrowserMachine() {
    this(Phase.SETUP, new Browser.State.Setup());
  }

  /** A machine that has got to {@code phase} already. */
  BrowserMachine(Phase phase, Browser.State shown) {
    this.phase = phase;
    this.shown = shown;
  }

  Phase phase() {
    return phase;
  }

  boolean isOver() {
    return phase == Phase.FAILED || phase == Phase.CANCELLED;
  }

  /**
   * Takes {@code event}.
   *
   * @throws IllegalStateException if it cannot happen in this phase
   */
  Transition on(Event event) {
    if (event instanceof Event.Start) {
      if (phase != Phase.SETUP) {
        throw illegal(event);
      }
      phase = Phase.STARTING;
      return new Transition(phase, Optional.empty());
    }
    if (event instanceof Event.Cancel) {
      return enter(Phase.CANCELLED, new Browser.State.Cancelled());
    }
    if (isOver()) {
      return new Transition(phase, Optional.empty()); // it was under way when the browser ended
    }
    if (phase == Phase.SETUP) {
      throw illegal(event);
    }
    if (event instanceof Event.NoLink none) {
      return enter(Phase.WAITING, new Browser.State.Waiting(none.reason()));
    }
    if (event instanceof Event.Fail fail) {
      return enter(Phase.FAILED, new Browser.State.Failed(fail.cause()));
    }
    return enter(Phase.READY, new Browser.State.Ready());
  }

  private Transition enter(Phase next, Browser.State state) {
    boolean known = next == phase && !isAnotherReason(state);
    phase = next;
    shown = state;
    return new Transition(next, known ? Optional.empty() : Optional.of(state));
  }

  private boolean isAnotherReason(Browser.State state) {
    return state instanceof Browser.State.Waiting after
        && shown instanceof Browser.State.Waiting before
        && !String.valueOf(before.reason().getMessage()).equals(after.reason().getMessage());
  }

  private IllegalStateException illegal(Event event) {
    return new IllegalStateException("a browser in " + phase + " cannot take " + event);
  }
}
