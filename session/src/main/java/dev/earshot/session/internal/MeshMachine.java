package dev.earshot.session.internal;

import dev.earshot.CancelledException;
import dev.earshot.ConnectionLostException;
import dev.earshot.Endpoint;
import dev.earshot.FramingException;
import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.NetworkException;
import dev.earshot.session.Peer;
import dev.earshot.session.PeerId;
import dev.earshot.session.internal.Deadlines.Deadline;
import dev.earshot.session.internal.wire.Body;
import dev.earshot.session.internal.wire.Farewell;
import dev.earshot.session.internal.wire.Versions;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * All that a session decides about its peers: whom to dial and when, which connection is the one,
 * who is alive, when to say goodbye. Pure: no I/O, no threads, no clock, and chance only from the
 * generator that it is given.
 *
 * <p>Whoever owns it tells what happened, with the time, performs the effects in their order, and
 * calls {@link #expire} when {@link #deadline} has come. Not safe for several threads.
 */
final class MeshMachine implements PeerMachine.Mesh, DialPlan.Mesh {
  private static final int MAXIMUM_BANS = 1_024;

  private final MeshSettings settings;
  private final CrossedDials rule;
  private final RandomGenerator random;
  private final Consumer<Effect> effects;
  private final Deadlines deadlines = new Deadlines();
  private final Map<Long, Link> links = new HashMap<>();

  /** Those of the links that this side dialled, one for each endpoint. */
  private final Map<Endpoint, Link> dialled = new HashMap<>();

  private final Map<PeerId, PeerMachine> peers = new LinkedHashMap<>();

  /** The runs of peers that the user does not want to be connected with. */
  private final Map<PeerId, Long> bans = new LinkedHashMap<>();

  private final DialPlan plan;
  private final ConnectRequests requests;
  private long now;
  private long lastLink;
  private int unsettled;
  private boolean left;

  MeshMachine(
      MeshSettings settings, CrossedDials rule, RandomGenerator random, Consumer<Effect> effects) {
    this.settings = settings;
    this.rule = rule;
    this.random = random;
    this.effects = effects;
    this.plan = new DialPlan(settings.id(), random, this);
    this.requests = new ConnectRequests(effects);
  }

  // What happens.

  /** {@code place} is advertised, by {@code claim} as it says, perhaps differently than before. */
  void found(long nanos, Endpoint place, Optional<PeerId> claim) {
    now = nanos;
    if (!left && settings.automatic()) {
      plan.found(place, claim);
    }
  }

  /** {@code place} is not advertised any more. */
  void vanished(long nanos, Endpoint place) {
    now = nanos;
    plan.vanished(place);
  }

  /** The user asks for a connection. */
  void connect(long nanos, long request, Endpoint to) {
    now = nanos;
    if (left) {
      effect(new Effect.NotConnected(request, new CancelledException("the session was left")));
      return;
    }
    Link known = dialled.get(to);
    Link link = known != null ? known : dial(to, Optional.empty());
    if (link.stage == Link.Stage.CARRYING) {
      effect(new Effect.Connected(request, link.peer()));
      return;
    }
    link.wanted = true;
    requests.add(request, link);
    after(settings.connectTimeout(), () -> requests.expired(request, this::tooLate));
  }

  /** Somebody has connected. Returns the number of the new connection. */
  long accepted(long nanos, Endpoint from) {
    now = nanos;
    Link link = Link.accepted(++lastLink, from);
    links.put(link.number, link);
    unsettled++;
    if (left) {
      dismiss(link, Ending.said(Farewell.LEAVING));
    } else if (unsettled > MeshSettings.MAXIMUM_UNSETTLED) {
      dismiss(link, Ending.said(Farewell.TOO_MANY_PEERS));
    } else {
      greet(link);
    }
    return link.number;
  }

  /** A dial has come through. */
  void opened(long nanos, long number) {
    now = nanos;
    Link link = links.get(number);
    if (link != null && link.stage == Link.Stage.OPENING) {
      link.stage = Link.Stage.GREETING;
      greet(link);
    }
  }

  /** A connection failed or closed, or a dial did not come through. */
  void ended(long nanos, long number, NetworkException cause) {
    now = nanos;
    Link link = links.get(number);
    if (link != null) {
      over(link, Ending.lost(cause));
    }
  }

  /** Something came that is no envelope, or breaks a limit. */
  void broken(long nanos, long number, FramingException cause) {
    now = nanos;
    Link link = links.get(number);
    if (link != null) {
      dismiss(link, Ending.said(Farewell.PROTOCOL_ERROR, cause));
    }
  }

  /**
   * A peer that has said who it is, or claims to be, is not wanted: it is told {@code farewell}.
   */
  void refused(long nanos, long number, Farewell farewell, NetworkException cause) {
    now = nanos;
    Link link = links.get(number);
    if (link != null) {
      dismiss(link, Ending.said(farewell, cause));
    }
  }

  /**
   * An envelope came.
   *
   * @return whether its content is to be handed on: it is no business of the mesh, and both sides
   *     have said welcome
   */
  boolean received(long nanos, long number, Body body) {
    now = nanos;
    Link link = links.get(number);
    if (link == null) {
      return false; // what comes after a goodbye does not count
    }
    heard(link);
    if (body instanceof Body.Goodbye goodbye) {
      over(link, Ending.heard(goodbye, link));
    } else if (body instanceof Body.Hello hello) {
      hello(link, hello);
    } else if (link.stage == Link.Stage.GREETING && !(body instanceof Body.Unknown)) {
      violation(link, "something else before hello");
    } else if (body instanceof Body.Welcome) {
      peer(link).welcomed(link);
    } else if (body instanceof Body.Ping ping) {
      say(link, new Body.Pong(ping.nonce()));
    } else if (!(body instanceof Body.Pong || body instanceof Body.Unknown)) {
      if (link.stage == Link.Stage.CARRYING) {
        return true;
      }
      violation(link, "content before both had said welcome");
    }
    return false;
  }

  /** This side stops reading a connection for a while, or goes on. */
  void paused(long nanos, long number, boolean paused) {
    now = nanos;
    Link link = links.get(number);
    if (link != null) {
      link.paused = paused;
      link.heardAt = now;
    }
  }

  /** The user does not want to be connected with {@code id} as it runs now. */
  void disconnect(long nanos, PeerId id) {
    now = nanos;
    PeerMachine peer = peers.get(id);
    if (peer == null) {
      return;
    }
    peer.incarnation().ifPresent(incarnation -> ban(id, incarnation));
    plan.leaveAlone(id);
    peer.dismissAll(Farewell.DISCONNECTED);
  }

  /** The user ends it all. */
  void leave(long nanos) {
    now = nanos;
    left = true;
    plan.clear();
    requests.failAll(new CancelledException("the session was left"));
    for (Link link : List.copyOf(links.values())) {
      dismiss(link, Ending.said(Farewell.LEAVING));
    }
    deadlines.clear();
  }

  /** When {@link #expire} is to be called, if nothing happens before. */
  OptionalLong deadline() {
    return deadlines.next();
  }

  /** Time has passed. */
  void expire(long nanos) {
    now = nanos;
    deadlines.run(nanos);
    peers.values().removeIf(PeerMachine::isIdle);
  }

  // What can be asked.

  /** Whether users can exchange content over a connection. */
  boolean carries(long number) {
    Link link = links.get(number);
    return link != null && link.stage == Link.Stage.CARRYING;
  }

  /** The peers with which users can exchange content. */
  Set<Peer> connected() {
    Set<Peer> connected = new LinkedHashSet<>();
    peers.values().forEach(peer -> peer.connected().ifPresent(connected::add));
    return connected;
  }

  // What the parts need.

  @Override
  public boolean mayReach(PeerId id) {
    return links.values().stream().anyMatch(link -> link.mayReach(id));
  }

  @Override
  public Duration dialling(PeerId id) {
    return Duration.ofNanos(
        links.values().stream()
            .filter(link -> link.mayReach(id))
            .mapToLong(link -> now - link.begunAt)
            .max()
            .orElse(0));
  }

  @Override
  public Duration late(Deadline deadline) {
    return Duration.ofNanos(now - deadline.nanos());
  }

  @Override
  public boolean isBusy(PeerId id) {
    PeerMachine peer = peers.get(id);
    return peer != null && peer.isBusy();
  }

  @Override
  public Link dial(Endpoint to, Optional<PeerId> claim) {
    Link link = Link.dialled(++lastLink, to, claim);
    link.begunAt = now;
    links.put(link.number, link);
    dialled.putIfAbsent(to, link);
    link.deadline =
        after(
            settings.connectTimeout(),
            () -> dismiss(link, Ending.said(Farewell.TIMED_OUT, tooLate(link))));
    effect(new Effect.Dial(link.number, to));
    return link;
  }

  @Override
  public void say(Link link, Body body) {
    effect(new Effect.Say(link.number, body));
  }

  @Override
  public void ask(Link link) {
    say(link, new Body.Ping(random.nextLong()));
  }

  @Override
  public void dismiss(Link link, Ending ending) {
    if (link.stage != Link.Stage.OPENING && link.stage != Link.Stage.OVER) {
      String text = ending.cause().map(NetworkException::getMessage).orElse("");
      say(link, new Body.Goodbye(ending.farewell().orElse(Farewell.UNSPECIFIED), text));
    }
    over(link, ending);
  }

  @Override
  public void violation(Link link, String what) {
    dismiss(
        link,
        Ending.said(
            Farewell.PROTOCOL_ERROR, new FramingException(link.endpoint + " sent " + what)));
  }

  @Override
  public void carrying(Link link) {
    settled(link);
    link.stage = Link.Stage.CARRYING;
    link.heardAt = now;
    cancel(link.deadline);
    watch(link, now + idleNanos());
    Peer peer = link.peer();
    effect(new Effect.Open(link.number, peer, link.hello()));
    plan.connected(peer.id());
    requests.connected(peer);
  }

  @Override
  public Deadline after(Duration delay, Runnable task) {
    return deadlines.at(now + delay.toNanos(), task);
  }

  @Override
  public void cancel(@Nullable Deadline deadline) {
    if (deadline != null) {
      deadlines.cancel(deadline);
    }
  }

  @Override
  public void effect(Effect effect) {
    effects.accept(effect);
  }

  // Links.

  private void greet(Link link) {
    link.heardAt = now;
    say(link, settings.hello());
    if (!link.outgoing) {
      link.deadline =
          after(
              MeshSettings.HANDSHAKE,
              () -> dismiss(link, Ending.said(Farewell.TIMED_OUT, tooLate(link))));
    }
  }

  private void hello(Link link, Body.Hello hello) {
    if (link.stage != Link.Stage.GREETING) {
      violation(link, "a second hello");
    } else if (hello.id().equals(settings.id())) {
      dismiss(link, Ending.said(Farewell.SELF, refusal(link, Reason.SELF, "is this peer itself")));
    } else if (Versions.SPOKEN.common(hello.versions()).isEmpty()) {
      String what = "speaks " + hello.versions() + " of the protocol, not " + Versions.SPOKEN;
      dismiss(link, Ending.said(Farewell.VERSION, refusal(link, Reason.PROTOCOL_VERSION, what)));
    } else if (isBanned(link, hello)) {
      dismiss(link, Ending.said(Farewell.DISCONNECTED));
    } else if (!peers.containsKey(hello.id()) && peers.size() >= settings.maximumPeers()) {
      String what = "is one peer too many, limit " + settings.maximumPeers();
      dismiss(link, Ending.said(Farewell.TOO_MANY_PEERS, refusal(link, Reason.TOO_MANY, what)));
    } else {
      link.greeted(hello);
      plan.reached(link, hello.id());
      requests.reached(link, hello.id());
      peers
          .computeIfAbsent(hello.id(), id -> new PeerMachine(settings.id(), id, rule, this))
          .greeted(link);
    }
    ownDialsChanged();
  }

  private boolean isBanned(Link link, Body.Hello hello) {
    Long banned = bans.get(hello.id());
    if (banned == null) {
      return false;
    }
    if (link.wanted || banned != hello.incarnation()) {
      bans.remove(hello.id()); // the user thought better of it, or it is another run
      return false;
    }
    return true;
  }

  private void ban(PeerId id, long incarnation) {
    bans.put(id, incarnation);
    if (bans.size() > MAXIMUM_BANS) {
      bans.remove(bans.keySet().iterator().next());
    }
  }

  private PeerMachine peer(Link link) {
    PeerMachine peer = peers.get(link.hello().id());
    if (peer == null) {
      throw new IllegalStateException(link + " is nobody's");
    }
    return peer;
  }

  /** The one way out for a connection; what was to be said has been said. */
  private void over(Link link, Ending ending) {
    if (link.stage == Link.Stage.OVER) {
      return;
    }
    boolean known = link.stage == Link.Stage.KNOWN || link.stage == Link.Stage.CARRYING;
    settled(link);
    link.stage = Link.Stage.OVER;
    links.remove(link.number);
    dialled.remove(link.endpoint, link);
    cancel(link.deadline);
    effect(new Effect.End(link.number));
    Optional<PeerId> id = known ? Optional.of(link.peer().id()) : Optional.empty();
    Optional<PeerMachine> peer = id.map(peers::get);
    peer.ifPresent(p -> p.ended(link, ending));
    requests.ended(
        link,
        ending,
        peer.flatMap(PeerMachine::connected),
        peer.map(PeerMachine::isBusy).orElse(false));
    plan.ended(link, id, ending);
    if (!known) {
      reportFailure(link, ending);
    }
    id.ifPresent(this::forgetIfIdle);
    ownDialsChanged();
  }

  private void reportFailure(Link link, Ending ending) {
    boolean expected = ending.is(Farewell.SELF) || ending.is(Farewell.DUPLICATE) || left;
    if (link.wanted || expected || ending.cause().isEmpty()) {
      return; // who asked is told by the future
    }
    NetworkException cause = ending.cause().get();
    if (!link.outgoing || plan.isNews(link, cause)) {
      effect(new Effect.ReportFailure(link.endpoint, cause));
    }
  }

  private void settled(Link link) {
    boolean waiting = link.stage == Link.Stage.GREETING || link.stage == Link.Stage.KNOWN;
    if (!link.outgoing && waiting) {
      unsettled--;
    }
  }

  /** Those that wait for an own dial may not have to any more. */
  private void ownDialsChanged() {
    for (PeerMachine peer : List.copyOf(peers.values())) {
      if (peer.awaitsOwnDial()) {
        peer.settle();
      }
    }
  }

  private void forgetIfIdle(PeerId id) {
    PeerMachine peer = peers.get(id);
    if (peer != null && peer.isIdle()) {
      peers.remove(id);
    }
  }

  // Life.

  private void heard(Link link) {
    link.heardAt = now;
    if (link.checked) {
      peer(link).answered();
    }
  }

  private void watch(Link link, long at) {
    link.deadline = deadlines.at(at, () -> lookAfter(link, at));
  }

  private void lookAfter(Link link, long due) {
    if (link.paused || now - due > idleNanos()) {
      link.heardAt = now; // this side did not listen, or stood still itself
      ask(link);
    }
    long silence = now - link.heardAt;
    if (silence >= settings.peerTimeout().toNanos()) {
      dismiss(link, Ending.said(Farewell.TIMED_OUT, silent(link)));
    } else if (silence >= idleNanos()) {
      ask(link);
      long end = link.heardAt + settings.peerTimeout().toNanos();
      watch(link, now + Math.min(idleNanos(), end - now));
    } else {
      watch(link, link.heardAt + idleNanos());
    }
  }

  private long idleNanos() {
    return settings.peerTimeout().toNanos() / 3;
  }

  private NetworkException silent(Link link) {
    return new ConnectionLostException(
        link.peer() + " at " + link.endpoint + " was silent for " + settings.peerTimeout());
  }

  private NetworkException tooLate(Link link) {
    String what =
        switch (link.stage) {
          case OPENING -> "was not reached in time";
          case GREETING -> "did not say hello in time";
          default -> "did not agree to a connection in time";
        };
    return refusal(link, Reason.TIMED_OUT, what);
  }

  private static NetworkException refusal(Link link, Reason reason, String what) {
    String direction = link.outgoing ? "connecting to " : "connection from ";
    return new HandshakeException(reason, direction + link.endpoint + ": it " + what);
  }
}
