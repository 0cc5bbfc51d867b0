package dev.earshot.session.internal;

import dev.earshot.BackPressureException;
import dev.earshot.Connection;
import dev.earshot.ConnectionLostException;
import dev.earshot.ContentMetadata;
import dev.earshot.Fingerprint;
import dev.earshot.FramingException;
import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SecurityMetadata;
import dev.earshot.SendOptions;
import dev.earshot.TooLargeException;
import dev.earshot.UnreachableException;
import dev.earshot.session.Peer;
import dev.earshot.session.internal.stream.Channel;
import dev.earshot.session.internal.wire.Body;
import dev.earshot.session.internal.wire.EnvelopeReader;
import dev.earshot.session.internal.wire.EnvelopeWriter;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a session with what hangs on it: envelopes out and in, and how much of either
 * may wait.
 *
 * <p>On the session's queue, except {@link #send} and {@link #delivered}, which any thread may
 * call. Nothing is read while more than {@value #UNDELIVERED} bytes of messages have not been
 * handled by the user: that slows the peer down.
 */
final class PeerLink implements Channel, Connection.Handler, Flow.Subscriber<Received> {
  /** The bytes of messages that may wait for the user's handler before reading stops. */
  static final int UNDELIVERED = 1 << 20;

  /** What a small message costs in memory, about. */
  static final int SMALLEST_COST = 128;

  private final Connection connection;
  private final Events events;
  private final int maximumMessage;
  private final int maximumUnsent;
  private final boolean outgoing;
  private final SendGate gate = new SendGate();

  /** The bytes of messages that the connection has not taken yet. */
  private final AtomicLong unsent = new AtomicLong();

  /** The bytes of messages that the user has not handled yet. */
  private final AtomicLong undelivered = new AtomicLong();

  /** The number under which the machine knows it; 0 until it does. */
  private long number;

  private @Nullable Peer peer;
  private Body.@Nullable Hello hello;
  private int theirMaximumMessage;
  private Flow.@Nullable Subscription subscription;
  private @Nullable Payload farewell;
  private boolean over;
  private boolean disowned;

  /** Whether reading has stopped; written on the session's queue. */
  private volatile boolean paused;

  /** What comes of a link, on the session's queue. */
  interface Events {
    /** The connection is ready. */
    void ready(PeerLink link);

    /** The connection holds nothing any more. */
    void gone(PeerLink link);

    /** An envelope came. */
    void received(PeerLink link, Body body);

    /** Something else came. */
    void broken(PeerLink link, FramingException cause);

    /** The connection is over. */
    void lost(PeerLink link, NetworkException cause);

    /** Reading has stopped or goes on. */
    void paused(PeerLink link, boolean paused);

    /** The user has handled enough for reading to go on. Any thread. */
    void roomAgain(PeerLink link);
  }

  /**
   * A link that is about to be started.
   *
   * @param number the number under which the machine knows it; 0 if it was accepted, and it does
   *     not yet
   */
  PeerLink(Connection connection, long number, SessionOptions options, Events events) {
    this.connection = connection;
    this.number = number;
    this.outgoing = number != 0;
    this.events = events;
    this.maximumMessage = options.maximumMessageSize();
    this.maximumUnsent = SessionOptions.MAXIMUM_UNSENT;
  }

  Connection connection() {
    return connection;
  }

  long number() {
    return number;
  }

  void number(long value) {
    number = value;
  }

  /** Who is there, once that is settled. */
  @Override
  public Peer peer() {
    return Objects.requireNonNull(peer, "not open");
  }

  /** It is none of the session's peers: what becomes of it is somebody else's business. */
  void disown() {
    disowned = true;
  }

  @Override
  public void stateUpdated(Connection itself, Connection.State state) {
    if (disowned) {
      return;
    }
    if (state instanceof Connection.State.Ready) {
      events.ready(this);
    } else if (state instanceof Connection.State.Waiting waiting) {
      events.lost(this, waiting.reason()); // whoever wants it dials again
    } else if (state instanceof Connection.State.Failed failed) {
      events.lost(this, failed.cause());
    } else if (state instanceof Connection.State.Cancelled) {
      events.gone(this);
    }
  }

  @Override
  public boolean isDialled() {
    return outgoing;
  }

  @Override
  public boolean takesResources() {
    return hello != null && hello.features().contains(MeshSettings.RESOURCES);
  }

  @Override
  public Optional<Fingerprint> certificate() {
    return connection.securityMetadata().flatMap(SecurityMetadata::peerFingerprint);
  }

  @Override
  public Optional<InetSocketAddress> remote() {
    return connection.currentPath().flatMap(NetworkPath::remoteEndpoint);
  }

  @Override
  public void violation(String what) {
    events.broken(this, new FramingException(connection.endpoint() + " sent " + what));
  }

  // ---- out

  /** Sends a message; fails if the peer cannot read it, or too much waits already. Any thread. */
  CompletableFuture<Void> send(Payload envelope, int messageLength) {
    if (messageLength > theirMaximumMessage) {
      return CompletableFuture.failedFuture(
          new TooLargeException(
              "message of %d bytes to %s, which reads %d at most"
                  .formatted(messageLength, peer, theirMaximumMessage)));
    }
    if (unsent.get() >= maximumUnsent) {
      return CompletableFuture.failedFuture(
          new BackPressureException(
              "message to %s: %d bytes wait to be sent, limit %d"
                  .formatted(peer, unsent.get(), maximumUnsent)));
    }
    if (!gate.enter()) {
      return CompletableFuture.failedFuture(
          new UnreachableException("message to " + peer + ": not connected any more"));
    }
    try {
      CompletableFuture<Void> sent = connection.send(envelope);
      if (!sent.isDone()) {
        unsent.addAndGet(envelope.length());
        sent.whenComplete((nothing, failure) -> unsent.addAndGet(-envelope.length()));
      }
      return sent;
    } finally {
      gate.leave();
    }
  }

  /** Sends an envelope of the session's own. */
  @Override
  public void say(Body body) {
    if (over) {
      return; // the goodbye is the last that is said
    }
    if (body instanceof Body.Goodbye) {
      farewell = EnvelopeWriter.write(body); // leaves when the last user's message has
    } else {
      post(EnvelopeWriter.write(body));
    }
  }

  private void post(Payload envelope) {
    connection
        .send(envelope)
        .whenComplete(
            (nothing, failure) -> {
              if (failure instanceof NetworkException cause) {
                events.lost(this, cause);
              }
            });
  }

  /** Lets users exchange messages with {@code other}. */
  void open(Peer other, Body.Hello said) {
    peer = other;
    hello = said;
    theirMaximumMessage = said.maximumMessage();
    gate.open();
  }

  /**
   * Ends it: what was taken is sent, then the goodbye if one was said.
   *
   * @param linger whether the connection is left for the other side to close, having read all
   */
  void end(boolean linger) {
    over = true;
    gate.shut(
        () -> {
          if (farewell != null) {
            connection.sendIdempotent(farewell, SendOptions.DEFAULT);
          }
          if (!linger) {
            connection.cancel();
          }
        });
  }

  /** Whether a goodbye was said to a peer with whom users exchanged messages. */
  boolean saidFarewell() {
    return farewell != null && peer != null;
  }

  // ---- in

  /** Begins to read; when the connection is ready. */
  void read() {
    connection.messages().subscribe(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    given.request(1);
  }

  @Override
  public void onNext(Received received) {
    boolean closes =
        received.metadata() instanceof ContentMetadata.WebSocket frame
            && frame.opcode() == ContentMetadata.Opcode.CLOSE;
    if (closes || received.endOfStream()) {
      events.lost(this, closed());
    } else if (!over) {
      take(received);
    }
    if (undelivered.get() < UNDELIVERED || over) {
      request();
    } else {
      pause();
    }
  }

  @Override
  public void onError(Throwable failure) {
    events.lost(
        this,
        failure instanceof NetworkException cause
            ? cause
            : new NetworkException("reading from " + connection.endpoint(), failure));
  }

  @Override
  public void onComplete() {
    events.lost(this, closed());
  }

  private NetworkException closed() {
    return new ConnectionLostException(
        "the connection with " + connection.endpoint() + " was closed without a goodbye");
  }

  private void take(Received received) {
    if (!received.metadata().equals(ContentMetadata.BINARY)) {
      boolean text = received.metadata().equals(ContentMetadata.TEXT);
      if (text) {
        String what = connection.endpoint() + " sent text where an envelope was expected";
        events.broken(this, new FramingException(what));
      }
      return; // a ping or pong of WebSocket's own
    }
    Body body;
    try {
      body = EnvelopeReader.read(received.content(), maximumMessage);
    } catch (FramingException cause) {
      events.broken(this, cause);
      return;
    }
    events.received(this, body);
  }

  /** A message of {@code length} bytes goes to the user. */
  void delivering(int length) {
    undelivered.addAndGet(Math.max(length, SMALLEST_COST));
  }

  /** The user has handled a message of {@code length} bytes. Any thread. */
  void delivered(int length) {
    long left = undelivered.addAndGet(-Math.max(length, SMALLEST_COST));
    if (paused && left <= UNDELIVERED / 2) {
      events.roomAgain(this);
    }
  }

  private void pause() {
    paused = true;
    events.paused(this, true);
    if (undelivered.get() <= UNDELIVERED / 2) {
      resume(); // the user was quicker
    }
  }

  /** Goes on reading, if it had stopped. */
  void resume() {
    if (paused) {
      paused = false;
      events.paused(this, false);
      request();
    }
  }

  private void request() {
    if (subscription != null) {
      subscription.request(1);
    }
  }
}
