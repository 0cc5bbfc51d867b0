package dev.earshot.session.internal.stream;

import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.Fingerprint;
import dev.earshot.HttpUpgrade;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.Protocol;
import dev.earshot.PskSource;
import dev.earshot.Security;
import dev.earshot.SecurityMetadata;
import dev.earshot.TrustEvaluator;
import dev.earshot.session.internal.wire.Body;
import dev.earshot.session.internal.wire.Limits;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Opens side streams and lets them in (docs/protocol.md, "Side streams").
 *
 * <p>A side stream comes to the port of the session's listener, with an HTTP upgrade that names a
 * token; in a session with pre-shared keys the token is also the identity of its own key, in one
 * with certificates both sides show those of the reliable connection. A token works once and lapses
 * after {@link #LAPSE}; a peer's key opens no stream, and a stream's key no connection of a peer's
 * (checklist, item 182). On the session's queue, but for the look-up of keys.
 */
public final class SideStreams {
  /** How long a ticket is good. */
  public static final Duration LAPSE = Duration.ofSeconds(10);

  /** The token of the HTTP upgrade. */
  public static final String UPGRADE = "earshot-stream";

  private static final String HEADER = "earshot-token";
  private static final String IDENTITY = "earshot-stream:";
  private static final int BUFFER = 1 << 20;
  private static final System.Logger LOG = System.getLogger("dev.earshot.session");

  private final Network network;
  private final Parameters dialling;
  private final Executor queue;
  private final RandomGenerator random;

  /** By the token in hexadecimal. Written on the session's queue, read by any thread. */
  private final Map<String, Ticket> tickets = new ConcurrentHashMap<>();

  /**
   * Streams of a session.
   *
   * @param dialling how the session connects to peers
   * @param queue the session's
   * @param random a source of secrets
   */
  public SideStreams(Network network, Parameters dialling, Executor queue, RandomGenerator random) {
    this.network = network;
    this.dialling = dialling;
    this.queue = queue;
    this.random = random;
  }

  /** Whether streams are protected by keys of their own. */
  public boolean isSecured() {
    return dialling.security() instanceof Security.Psk;
  }

  /** The keys of {@code security} and those of streams, for the session's listener. */
  public Security listening(Security security) {
    return security instanceof Security.Psk psk ? psk.withSource(new Keys(psk.source())) : security;
  }

  /**
   * Expects one stream.
   *
   * @param owner whose certificate it has to come with, if the session has certificates
   * @param taker given the stream, which is ready
   * @param lapsed called instead if nobody comes in time
   */
  public Ticket issue(Optional<Fingerprint> owner, Consumer<Connection> taker, Runnable lapsed) {
    Payload secret = random(isSecured() ? Limits.SECRET : 0);
    Ticket ticket = new Ticket(random(Limits.TOKEN), secret, owner, taker);
    tickets.put(hex(ticket.token()), ticket);
    Runnable lapse =
        () -> {
          if (tickets.remove(hex(ticket.token()), ticket)) {
            lapsed.run();
          }
        };
    ticket.lapsesBy(network.clock().schedule(LAPSE, () -> queue.execute(lapse)));
    return ticket;
  }

  /** Makes {@code ticket} worth nothing. */
  public void withdraw(Ticket ticket) {
    if (tickets.remove(hex(ticket.token()), ticket)) {
      ticket.stopClock();
    }
  }

  /** Whether {@code connection}, which is ready, is meant to be a side stream. */
  public static boolean isStream(Connection connection) {
    return connection.upgrade().map(upgrade -> upgrade.protocol().equals(UPGRADE)).orElse(false);
  }

  /** Whether {@code connection}, which is ready, was opened with the key of a side stream. */
  public static boolean hasStreamKey(Connection connection) {
    return identity(connection).map(it -> it.toUtf8String().startsWith(IDENTITY)).orElse(false);
  }

  /** {@code stream} was accepted and is ready: gives it to who expects it, or closes it. */
  public void arrived(Connection stream) {
    String token = stream.upgrade().flatMap(upgrade -> upgrade.header(HEADER)).orElse("");
    Ticket ticket = tickets.get(token);
    if (ticket == null || !isOwner(stream, token, ticket)) {
      LOG.log(Level.DEBUG, "a side stream from {0} that nobody expects", stream.endpoint());
      stream.forceCancel();
      return;
    }
    withdraw(ticket);
    ticket.give(stream);
  }

  /** Whether {@code stream} comes from whom the token was given to. */
  private boolean isOwner(Connection stream, String token, Ticket ticket) {
    if (dialling.security() instanceof Security.Pki) {
      return ticket.owner().isPresent() && certificate(stream).equals(ticket.owner());
    }
    return !isSecured() || identity(stream).equals(Optional.of(identity(token)));
  }

  /**
   * A connection that opens the stream that {@code open} offers, at {@code to}; not started.
   *
   * @param owner whose certificate has to be met there, if the session has certificates
   */
  public Connection dial(InetSocketAddress to, Optional<Fingerprint> owner, Body.OpenStream open) {
    String token = hex(open.token());
    HttpUpgrade upgrade = HttpUpgrade.to(UPGRADE).withHeader(HEADER, token);
    Parameters.Builder parameters =
        dialling.toBuilder()
            .protocol(Protocol.Tcp.upgradedTo(upgrade))
            .sendBudget(BUFFER)
            .receiveBuffer(BUFFER)
            .establishmentTimeout(LAPSE);
    if (dialling.security() instanceof Security.Psk psk) {
      PreSharedKey key = PreSharedKey.of(identity(token), open.secret().toByteArray());
      parameters.security(psk.withSource(PskSource.of(key)));
    }
    if (dialling.security() instanceof Security.Pki pki) {
      Fingerprint known =
          owner.orElseThrow(() -> new IllegalStateException("the peer has no certificate"));
      parameters.security(pki.withTrust(TrustEvaluator.pinned(known)));
    }
    return network.connection(Endpoint.of(to), parameters.build());
  }

  /** Forgets all tickets. */
  public void close() {
    tickets.values().forEach(Ticket::stopClock);
    tickets.clear();
  }

  private Payload random(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Payload.wrap(bytes);
  }

  static String hex(Payload bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  private static Payload identity(String token) {
    return Payload.utf8(IDENTITY + token);
  }

  private static Optional<Fingerprint> certificate(Connection connection) {
    return connection.securityMetadata().flatMap(SecurityMetadata::peerFingerprint);
  }

  private static Optional<Payload> identity(Connection connection) {
    return connection.securityMetadata().flatMap(SecurityMetadata::pskIdentity);
  }

  private @Nullable PreSharedKey keyFor(Payload identity) {
    String text = identity.toUtf8String();
    Ticket ticket = tickets.get(text.substring(IDENTITY.length()));
    return ticket == null ? null : PreSharedKey.of(identity, ticket.secret().toByteArray());
  }

  /** The session's keys and, beside them, those of the streams that are expected. Any thread. */
  private final class Keys implements PskSource {
    private final PskSource peers;

    Keys(PskSource peers) {
      this.peers = peers;
    }

    @Override
    public CompletionStage<Optional<PreSharedKey>> find(Payload identity) {
      return identity.toUtf8String().startsWith(IDENTITY)
          ? CompletableFuture.completedStage(Optional.ofNullable(keyFor(identity)))
          : peers.find(identity);
    }

    @Override
    public Optional<PreSharedKey> own() {
      return peers.own();
    }
  }
}
