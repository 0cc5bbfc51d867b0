package dev.earshot.session.internal;

import dev.earshot.CancelledException;
import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.FramingException;
import dev.earshot.HandshakeException;
import dev.earshot.NetworkClock;
import dev.earshot.NetworkException;
import dev.earshot.Parameters;
import dev.earshot.session.Peer;
import dev.earshot.session.PeerId;
import dev.earshot.session.internal.queue.SessionQueue;
import dev.earshot.session.internal.resource.Resources;
import dev.earshot.session.internal.resource.Workshop;
import dev.earshot.session.internal.stream.SideStreams;
import dev.earshot.session.internal.wire.Body;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Tells the {@link MeshMachine} what happens to a session's connections, and does what it wants
 * done. On the session's queue, except what says otherwise.
 */
final class Switchboard implements PeerLink.Events {
  /** How long a connection stays after a goodbye, for what was taken to arrive. */
  private static final Duration LINGER = Duration.ofSeconds(5);

  private final SessionOptions options;
  private final SessionQueue queue;
  private final NetworkClock clock;
  private final Callbacks callbacks;
  private final Parameters dialling;
  private final SideStreams streams;
  private final Resources resources;
  private final MeshMachine machine;
  private final Vetting vetting;
  private final ArrayDeque<Effect> effects = new ArrayDeque<>();
  private final Map<Long, PeerLink> links = new HashMap<>();
  private final Map<Long, CompletableFuture<Peer>> requests = new HashMap<>();

  /** The ends of those that are over and not gone yet. */
  private final Map<PeerLink, CompletableFuture<Void>> leaving = new HashMap<>();

  /** With whom users can exchange content; never changed once it is here. Any thread may read. */
  private volatile Map<PeerId, PeerLink> connected = Map.of();

  private long lastRequest;
  private boolean performing;
  private boolean left;
  private NetworkClock.@Nullable Timer timer;
  private long timerAt;

  Switchboard(SessionOptions options, SessionQueue queue, Callbacks callbacks, Tools tools) {
    this.options = options;
    this.queue = queue;
    this.clock = options.network().clock();
    this.callbacks = callbacks;
    this.dialling = options.dialling();
    this.streams = new SideStreams(options.network(), dialling, queue, tools.random());
    Workshop workshop =
        new Workshop(
            clock,
            queue,
            callbacks::run,
            tools.disk(),
            streams,
            tools.random(),
            options.chunkSize());
    this.vetting = new Vetting(options, queue, callbacks, new Vetted());
    this.resources = new Resources(workshop, callbacks::resourceOffered);
    MeshSettings settings = options.mesh(tools.random().nextLong());
    this.machine = new MeshMachine(settings, CrossedDials.MESH, tools.random(), effects::add);
  }

  /**
   * What a session has that tests replace.
   *
   * @param random what ids, secrets, delays and so on are drawn from
   * @param disk the threads for files
   */
  record Tools(RandomGenerator random, Executor disk) {}

  SideStreams streams() {
    return streams;
  }

  Resources resources() {
    return resources;
  }

  /** With whom users can exchange content. Any thread. */
  Map<PeerId, PeerLink> connected() {
    return connected;
  }

  // ---- what happens

  void found(Endpoint place, Optional<PeerId> claim) {
    machine.found(clock.nanoTime(), place, claim);
    perform();
  }

  void vanished(Endpoint place) {
    machine.vanished(clock.nanoTime(), place);
    perform();
  }

  void connect(Endpoint to, CompletableFuture<Peer> future) {
    long request = ++lastRequest;
    requests.put(request, future);
    machine.connect(clock.nanoTime(), request, to);
    perform();
  }

  /** A connection that was accepted, and is about to be started. */
  PeerLink accepting(Connection connection) {
    return new PeerLink(connection, 0, options, this);
  }

  void disconnect(PeerId id) {
    machine.disconnect(clock.nanoTime(), id);
    perform();
  }

  /** Says goodbye to everybody; the future completes when all connections are gone. */
  CompletableFuture<Void> leave() {
    left = true;
    List<CompletableFuture<Void>> ends = new ArrayList<>();
    ends.add(resources.close());
    streams.close();
    machine.leave(clock.nanoTime());
    perform();
    ends.addAll(leaving.values());
    for (PeerLink lingering : List.copyOf(leaving.keySet())) {
      ends.add(lingering.connection().cancel());
    }
    return CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new));
  }

  @Override
  public void ready(PeerLink link) {
    if (!link.isDialled() && !isPeer(link)) {
      return;
    }
    if (link.number() == 0) {
      link.number(machine.accepted(clock.nanoTime(), link.connection().endpoint()));
      links.put(link.number(), link);
    } else {
      machine.opened(clock.nanoTime(), link.number());
    }
    perform();
    link.read();
  }

  /** Whether an accepted connection is a peer's; a side stream goes where it is expected. */
  private boolean isPeer(PeerLink link) {
    Connection accepted = link.connection();
    if (SideStreams.isStream(accepted)) {
      link.disown();
      streams.arrived(accepted);
      return false;
    }
    if (SideStreams.hasStreamKey(accepted)) {
      link.disown();
      accepted.forceCancel(); // a stream's key opens that stream and nothing else
      return false;
    }
    return true;
  }

  @Override
  public void received(PeerLink link, Body body) {
    if (vetting.isUnderWay(link) && !(body instanceof Body.Goodbye)) {
      if (!vetting.keep(link, body)) {
        link.violation("more than it may say before it is welcome");
      }
    } else if (body instanceof Body.Hello hello && vetting.isNeeded()) {
      vetting.begin(link, hello);
    } else {
      take(link, body);
    }
  }

  /** What comes of looking at peers' certificates. */
  private final class Vetted implements Vetting.Verdict {
    @Override
    public void passed(PeerLink link, Collection<Body> said) {
      said.forEach(body -> take(link, body));
    }

    @Override
    public void refused(PeerLink link, Vetting.Refusal why) {
      machine.refused(clock.nanoTime(), link.number(), why.farewell(), why.cause());
      perform();
    }
  }

  private void take(PeerLink link, Body body) {
    if (machine.received(clock.nanoTime(), link.number(), body)) {
      if (body instanceof Body.Message message) {
        callbacks.messageReceived(link, message.content());
      } else {
        resources.received(link, body);
      }
    }
    perform();
  }

  @Override
  public void broken(PeerLink link, FramingException cause) {
    machine.broken(clock.nanoTime(), link.number(), cause);
    perform();
  }

  @Override
  public void lost(PeerLink link, NetworkException cause) {
    if (leaving.containsKey(link)) {
      link.connection().cancel(); // the other side has heard the goodbye, or is gone
    } else if (link.number() != 0) {
      machine.ended(clock.nanoTime(), link.number(), cause);
      perform();
    } else if (isTold(cause)) {
      callbacks.connectFailed(link.connection().endpoint(), cause);
    }
  }

  /** Whether the user is told that somebody who connected did not get through. */
  private static boolean isTold(NetworkException cause) {
    return !(cause instanceof CancelledException)
        && !(cause instanceof HandshakeException handshake
            && handshake.reason() == HandshakeException.Reason.CLOSED);
  }

  @Override
  public void gone(PeerLink link) {
    if (!leaving.containsKey(link) && link.number() != 0) {
      NetworkException cause = new CancelledException("the network was closed");
      machine.ended(clock.nanoTime(), link.number(), cause);
      perform(); // which makes it one of those that leave
    }
    CompletableFuture<Void> end = leaving.remove(link);
    if (end != null) {
      end.complete(null);
    }
  }

  @Override
  public void paused(PeerLink link, boolean paused) {
    machine.paused(clock.nanoTime(), link.number(), paused);
    perform();
  }

  @Override
  public void roomAgain(PeerLink link) {
    queue.execute(link::resume);
  }

  // ---- what is wanted

  private void perform() {
    if (performing) {
      return; // the one who performs goes on with what was added
    }
    performing = true;
    try {
      for (Effect next = effects.poll(); next != null; next = effects.poll()) {
        perform(next);
      }
    } finally {
      performing = false; // or a mistake in one effect would be the end of all others
    }
    arm();
  }

  private void perform(Effect effect) {
    if (effect instanceof Effect.Say say) {
      link(say.link()).say(say.body());
    } else if (effect instanceof Effect.Dial dial) {
      dial(dial);
    } else if (effect instanceof Effect.Open open) {
      open(open);
    } else if (effect instanceof Effect.End end) {
      end(end.link());
    } else if (effect instanceof Effect.Report report) {
      callbacks.peerUpdated(report.peer(), report.state());
    } else if (effect instanceof Effect.ReportFailure failure) {
      callbacks.connectFailed(failure.endpoint(), failure.cause());
    } else if (effect instanceof Effect.Connected done) {
      callbacks.complete(request(done.request()), done.peer());
    } else if (effect instanceof Effect.NotConnected done) {
      callbacks.fail(request(done.request()), done.cause());
    }
  }

  private PeerLink link(long number) {
    PeerLink link = links.get(number);
    if (link == null) {
      throw new IllegalStateException("no link " + number);
    }
    return link;
  }

  private CompletableFuture<Peer> request(long number) {
    CompletableFuture<Peer> request = requests.remove(number);
    if (request == null) {
      throw new IllegalStateException("no request " + number);
    }
    return request;
  }

  private void dial(Effect.Dial dial) {
    try {
      Connection connection = options.network().connection(dial.to(), dialling);
      PeerLink link = new PeerLink(connection, dial.link(), options, this);
      links.put(dial.link(), link);
      connection.start(link, queue);
    } catch (IllegalStateException e) { // closed, or nobody there to look the name up
      links.remove(dial.link());
      NetworkException cause =
          new NetworkException("connecting to " + dial.to() + ": " + e.getMessage(), e);
      machine.ended(clock.nanoTime(), dial.link(), cause);
    }
  }

  private void open(Effect.Open open) {
    PeerLink link = link(open.link());
    link.open(open.peer(), open.hello());
    Map<PeerId, PeerLink> now = new LinkedHashMap<>(connected);
    now.put(open.peer().id(), link);
    connected = Collections.unmodifiableMap(now);
    resources.opened(link);
  }

  private void end(long number) {
    PeerLink link = links.remove(number);
    if (link == null) {
      return; // a dial that could not even begin
    }
    vetting.forget(link);
    if (connected.containsValue(link)) {
      Map<PeerId, PeerLink> now = new LinkedHashMap<>(connected);
      now.values().remove(link);
      connected = Collections.unmodifiableMap(now);
      resources.closed(link);
    }
    leaving.put(link, new CompletableFuture<>());
    boolean linger = link.saidFarewell() && !left;
    link.end(linger);
    if (linger) {
      clock.schedule(LINGER, () -> link.connection().cancel());
    }
  }

  private void arm() {
    OptionalLong deadline = machine.deadline();
    if (deadline.isEmpty()) {
      disarm();
      return;
    }
    long at = deadline.getAsLong();
    if (timer != null) {
      if (timerAt - at <= 0) {
        return; // it looks again when that one comes
      }
      disarm();
    }
    timerAt = at;
    Duration delay = Duration.ofNanos(Math.max(0, at - clock.nanoTime()));
    timer = clock.schedule(delay, () -> queue.execute(this::expire));
  }

  private void expire() {
    timer = null;
    machine.expire(clock.nanoTime());
    perform();
  }

  private void disarm() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
