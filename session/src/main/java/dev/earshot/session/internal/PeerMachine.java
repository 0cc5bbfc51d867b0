package dev.earshot.session.internal;

import dev.earshot.ConnectionLostException;
import dev.earshot.NetworkException;
import dev.earshot.session.Peer;
import dev.earshot.session.PeerId;
import dev.earshot.session.PeerState;
import dev.earshot.session.internal.Deadlines.Deadline;
import dev.earshot.session.internal.wire.Body;
import dev.earshot.session.internal.wire.Farewell;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The pairing with one other peer: of all connections with it, which is the one. Pure; owned by a
 * {@link MeshMachine}.
 *
 * <p>The side that decides says the first welcome, to one connection. The other answers that one.
 * What is welcomed is the <i>holder</i>; while it lives, nothing takes its place: a newcomer makes
 * the holder be asked for a sign of life, and has its turn only if none comes (checklist, items
 * 35-37, 178, 179).
 */
final class PeerMachine {
  private final PeerId id;
  private final Mesh mesh;
  private final CrossedDials rule;
  private final boolean decides;

  /** Those on which both sides said hello, but the holder. */
  private final List<Link> candidates = new ArrayList<>();

  private @Nullable Link holder;

  /** What the user was told last. */
  private Told told = Told.NOTHING;

  /** What the peer was called last. */
  private @Nullable Peer peer;

  /** The end of the holder's time to show a sign of life. */
  private @Nullable Deadline check;

  /** The end of the time for an own dial to come through. */
  private @Nullable Deadline ownDial;

  private boolean ownDialWaitedFor;

  /** The end of the time for the peer to show the other connection that it spoke of. */
  private @Nullable Deadline otherConnection;

  /** Whether others are being ended because of the holder, so that they do not challenge it. */
  private boolean refusing;

  private enum Told {
    NOTHING,
    CONNECTING,
    CONNECTED
  }

  /** What a pairing needs of the mesh around it. */
  interface Mesh {
    /** Whether an own dial may still turn out to reach {@code id}. */
    boolean mayReach(PeerId id);

    /** How long the oldest own dial that may still turn out to reach {@code id} has taken. */
    Duration dialling(PeerId id);

    /** How long ago {@code deadline}, which is being run, was due. */
    Duration late(Deadline deadline);

    /** Says {@code body} on {@code link}. */
    void say(Link link, Body body);

    /** Says goodbye on {@code link} and ends it; {@link PeerMachine#ended} is called inside. */
    void dismiss(Link link, Ending ending);

    /** Takes note that users may exchange content over {@code link}. */
    void carrying(Link link);

    /** Takes note that the other side breaks the rules. */
    void violation(Link link, String what);

    /** Has {@code task} done after {@code delay}. */
    Deadline after(Duration delay, Runnable task);

    /** Makes {@code deadline} not be done. */
    void cancel(@Nullable Deadline deadline);

    /** Has a check of the holder's life begun: {@code link} is to be asked. */
    void ask(Link link);

    /** Performs {@code effect}. */
    void effect(Effect effect);
  }

  PeerMachine(PeerId self, PeerId id, CrossedDials rule, Mesh mesh) {
    this.id = id;
    this.rule = rule;
    this.mesh = mesh;
    this.decides = rule.decides(self, id);
  }

  /** Whether there is any connection with the peer. */
  boolean isBusy() {
    return holder != null || !candidates.isEmpty();
  }

  /** Whether nothing has to be remembered. */
  boolean isIdle() {
    return !isBusy() && told == Told.NOTHING;
  }

  /** Whether an own dial is given time to come through. */
  boolean awaitsOwnDial() {
    return ownDial != null;
  }

  /** The peer, if users can exchange content with it. */
  Optional<Peer> connected() {
    return holder != null && holder.stage == Link.Stage.CARRYING
        ? Optional.of(holder.peer())
        : Optional.empty();
  }

  /** The run of the peer that is on the other side, if there is any connection with it. */
  Optional<Long> incarnation() {
    Link any = holder != null ? holder : candidates.isEmpty() ? null : candidates.get(0);
    return any == null ? Optional.empty() : Optional.of(any.hello().incarnation());
  }

  /** Both sides have said hello on {@code link}. */
  void greeted(Link link) {
    candidates.add(link);
    peer = link.peer();
    mesh.cancel(otherConnection);
    otherConnection = null;
    if (told == Told.NOTHING) {
      tell(Told.CONNECTING, Optional.empty());
    }
    settle();
  }

  /** The other side has said welcome on {@code link}. */
  void welcomed(Link link) {
    if (link.welcomed) {
      mesh.violation(link, "a second welcome");
      return;
    }
    link.welcomed = true;
    if (!decides) {
      settle();
    } else if (link == holder) {
      carry(link);
    } else {
      mesh.violation(link, "a welcome from the side that does not decide");
    }
  }

  /** {@code link} is over. */
  void ended(Link link, Ending ending) {
    candidates.remove(link);
    if (link == holder) {
      holder = null;
      endCheck();
      if (told == Told.CONNECTED) {
        tell(Told.NOTHING, ending.cause());
      }
    }
    settle();
    if (isBusy()) {
      if (told == Told.NOTHING) {
        tell(Told.CONNECTING, Optional.empty());
      }
    } else if (told == Told.CONNECTING) {
      awaitOtherOrTell(ending);
    }
  }

  /** Something was heard on the holder, which is being asked for a sign of life. */
  void answered() {
    endCheck();
    refuse(challengers());
  }

  /** What this side was waiting for may have happened. */
  void settle() {
    if (refusing) {
      return;
    }
    if (holder != null) {
      challenge(holder);
      return;
    }
    Link chosen = chosen();
    if (chosen != null) {
      commit(chosen);
    } else if (decides && !candidates.isEmpty() && ownDial == null) {
      awaitOwnDial();
    }
  }

  /** Ends all connections with the peer, because {@code farewell}. */
  void dismissAll(Farewell farewell) {
    List<Link> all = new ArrayList<>(candidates);
    if (holder != null) {
      all.add(holder);
    }
    candidates.clear(); // so that none of them takes the holder's place
    for (Link link : all) {
      mesh.dismiss(link, Ending.said(farewell));
    }
  }

  private @Nullable Link chosen() {
    if (decides) {
      return rule.choose(List.copyOf(candidates), !ownDialWaitedFor && mesh.mayReach(id));
    }
    Link latest = null;
    for (Link candidate : candidates) {
      latest = candidate.welcomed ? candidate : latest;
    }
    return latest;
  }

  private void commit(Link link) {
    candidates.remove(link);
    holder = link;
    mesh.cancel(ownDial);
    ownDial = null;
    ownDialWaitedFor = false;
    mesh.say(link, new Body.Welcome());
    if (!decides) {
      carry(link);
      return;
    }
    refuse(List.copyOf(candidates));
  }

  private void carry(Link link) {
    mesh.carrying(link);
    tell(Told.CONNECTED, Optional.empty());
  }

  /** Where dials take long, as on a computer with much to do, the own one gets as long again. */
  private void awaitOwnDial() {
    Duration taken = mesh.dialling(id);
    Duration shortest = MeshSettings.OWN_DIAL;
    Duration longest = MeshSettings.SLOW_OWN_DIAL;
    Duration time = taken.compareTo(shortest) < 0 ? shortest : taken;
    ownDial = mesh.after(time.compareTo(longest) > 0 ? longest : time, this::ownDialIsLate);
  }

  private void ownDialIsLate() {
    boolean stoodStill = ownDial != null && mesh.late(ownDial).compareTo(MeshSettings.OWN_DIAL) > 0;
    ownDial = null;
    if (stoodStill && mesh.mayReach(id)) {
      awaitOwnDial(); // this side stood still itself, and so did its dial
      return;
    }
    ownDialWaitedFor = true;
    settle();
  }

  private void challenge(Link held) {
    List<Link> challengers = challengers();
    if (challengers.isEmpty()) {
      return;
    }
    switch (rule.challenge(held, challengers.get(0))) {
      case CHECK -> check(held);
      case REPLACE -> holderIsDead(held);
      case REFUSE -> answered();
    }
  }

  private void check(Link held) {
    if (held.paused) {
      answered(); // this side does not read, so silence would prove nothing
    } else if (check == null) {
      held.checked = true;
      check = mesh.after(MeshSettings.CHECK, () -> holderIsDead(held));
      mesh.ask(held);
    }
  }

  private void holderIsDead(Link held) {
    NetworkException cause =
        new ConnectionLostException(
            held.peer() + " did not answer at " + held.endpoint + " when it came anew");
    mesh.dismiss(held, Ending.said(Farewell.TIMED_OUT, cause));
  }

  private void endCheck() {
    mesh.cancel(check);
    check = null;
    if (holder != null) {
      holder.checked = false;
    }
  }

  /** Those that want the holder's place: where the other side decides, those it has welcomed. */
  private List<Link> challengers() {
    return candidates.stream().filter(link -> decides || link.welcomed).toList();
  }

  private void refuse(List<Link> others) {
    refusing = true;
    for (Link other : others) {
      mesh.dismiss(other, Ending.said(Farewell.DUPLICATE));
    }
    refusing = false;
  }

  private void awaitOtherOrTell(Ending ending) {
    if (!ending.is(Farewell.DUPLICATE)) {
      tell(Told.NOTHING, ending.cause());
    } else if (otherConnection == null) {
      otherConnection =
          mesh.after(
              MeshSettings.OTHER_CONNECTION,
              () -> {
                otherConnection = null;
                if (told == Told.CONNECTING && !isBusy()) {
                  tell(Told.NOTHING, ending.cause());
                }
              });
    }
  }

  private void tell(Told now, Optional<NetworkException> cause) {
    told = now;
    if (peer == null) {
      return;
    }
    PeerState state =
        switch (now) {
          case NOTHING -> new PeerState.Disconnected(cause);
          case CONNECTING -> new PeerState.Connecting();
          case CONNECTED -> new PeerState.Connected();
        };
    mesh.effect(new Effect.Report(holder != null ? holder.peer() : peer, state));
  }
}
