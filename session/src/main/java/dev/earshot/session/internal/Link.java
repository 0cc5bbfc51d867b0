package dev.earshot.session.internal;

import dev.earshot.Endpoint;
import dev.earshot.session.Peer;
import dev.earshot.session.PeerId;
import dev.earshot.session.internal.Deadlines.Deadline;
import dev.earshot.session.internal.wire.Body.Hello;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One connection, as {@link MeshMachine} sees it and alone changes it. */
final class Link {
  /** How far a connection has come. */
  enum Stage {
    /** This side dials. */
    OPENING,
    /** This side has said hello. */
    GREETING,
    /** The other side has said hello: it is known who that claims to be. */
    KNOWN,
    /** Both sides have said welcome. */
    CARRYING,
    /** Nothing is heard or said any more. */
    OVER
  }

  /** The number by which machine and performer speak of it; never used twice. */
  final long number;

  /** Whether this side dialled. */
  final boolean outgoing;

  /** Where it was dialled, or where it comes from. */
  final Endpoint endpoint;

  /** Whom this side dials, as far as an advertisement says so. */
  final Optional<PeerId> claim;

  Stage stage;

  /** Whether somebody asked for this very connection. */
  boolean wanted;

  /** Whether the other side has said welcome. */
  boolean welcomed;

  /** Whether this side does not read for now, so that silence means nothing. */
  boolean paused;

  /** Whether a sign of life is being waited for because of a newcomer. */
  boolean checked;

  /** When this side began to dial. */
  long begunAt;

  /** When something was heard last. */
  long heardAt;

  /** When it is given up, or looked after. */
  @Nullable Deadline deadline;

  private @Nullable Hello hello;

  private Link(long number, boolean outgoing, Endpoint endpoint, Optional<PeerId> claim) {
    this.number = number;
    this.outgoing = outgoing;
    this.endpoint = endpoint;
    this.claim = claim;
    this.stage = outgoing ? Stage.OPENING : Stage.GREETING;
  }

  static Link dialled(long number, Endpoint to, Optional<PeerId> claim) {
    return new Link(number, true, to, claim);
  }

  static Link accepted(long number, Endpoint from) {
    return new Link(number, false, from, Optional.empty());
  }

  /** Whether it is an own dial that may yet turn out to reach {@code id}. */
  boolean mayReach(PeerId id) {
    boolean undecided = stage == Stage.OPENING || stage == Stage.GREETING;
    return outgoing && undecided && claim.map(id::equals).orElse(true);
  }

  void greeted(Hello theirs) {
    hello = theirs;
    stage = Stage.KNOWN;
  }

  /** What the other side said; only from {@link Stage#KNOWN} on. */
  Hello hello() {
    if (hello == null) {
      throw new IllegalStateException(this + " has not been greeted");
    }
    return hello;
  }

  /** Who is on the other side; only from {@link Stage#KNOWN} on. */
  Peer peer() {
    return new Peer(hello().id(), hello().name());
  }

  @Override
  public String toString() {
    return "link " + number + (outgoing ? " to " : " from ") + endpoint + " " + stage;
  }
}
