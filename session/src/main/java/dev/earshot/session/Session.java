package dev.earshot.session;

import dev.earshot.EncryptionPreference;
import dev.earshot.Endpoint;
import dev.earshot.Network;
import dev.earshot.NetworkException;
import dev.earshot.NetworkLink;
import dev.earshot.NetworkPath;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Security;
import dev.earshot.SecurityMetadata;
import dev.earshot.ServiceType;
import dev.earshot.TxtRecord;
import dev.earshot.session.internal.LiveSession;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * A group of peers, each connected to each other exactly once.
 *
 * <p>Life cycle, each state reported once to {@link Handler#stateUpdated} when it is entered:
 *
 * <ol>
 *   <li>{@link State.Setup}: made by a builder; nothing happens on the network. Once started, it
 *       stays here until it listens. There is no state of waiting: a session whose link is not
 *       there yet, or gone again, listens and browses when the link is back, and {@link
 *       Handler#discoveryFailed} tells of the time between. What is connected stays connected
 *       meanwhile, as long as the peers answer.
 *   <li>{@link State.Ready}: it listens, advertises and browses. Every peer that is found is
 *       connected to, as far as the builder says so.
 *   <li>{@link State.Failed}: over, since it cannot listen. At most once.
 *   <li>{@link State.Left}: over, by {@link #leave}, {@link #close} or the end of the network. At
 *       most once, and always last.
 * </ol>
 *
 * <p>Before {@link #start}, and after the end of a session that was never started, {@link
 * #connect}, {@link #send}, {@link #sendToAll}, {@link #sendResource} and {@link #disconnect} throw
 * {@link IllegalStateException}: there are no threads on which anything could come of them. What
 * only asks answers that there is nobody. A session that is not started holds nothing, and need not
 * be closed.
 *
 * <p>Threads: every method may be called from any thread and returns at once. The handler is
 * called, and futures complete, on the queue, one after the other. Every outstanding operation
 * completes, whatever happens.
 *
 * <p>Delivery: messages from one peer arrive in the order in which they were sent, each once. A
 * message that {@link #send} reported as sent may still be lost if the connection is, and only
 * then.
 */
public interface Session extends AutoCloseable {

  /** A builder for a session of {@code self} on {@code network}. */
  static Builder builder(Network network, Peer self) {
    return LiveSession.builder(network, self);
  }

  /**
   * Starts. The handler is called on {@code queue}, which may be any executor, one call at a time.
   *
   * @throws IllegalStateException if it was started, or left, before
   */
  Session start(Handler handler, Executor queue);

  /** Where it is in its life cycle. */
  State state();

  /** Completes when it is ready; fails if it failed, or was left before. */
  CompletableFuture<Session> ready();

  /** This peer. */
  Peer self();

  /** The port that it listens on, once ready. */
  OptionalInt port();

  /** The peers that messages can be sent to now; never changes once returned. */
  Set<Peer> connectedPeers();

  /** What the security handshake with {@code peer} settled, if it is connected and secured. */
  Optional<SecurityMetadata> securityMetadata(Peer peer);

  /** The path of the connection with {@code peer}, if it is connected. */
  Optional<NetworkPath> currentPath(Peer peer);

  /** Those who advertise on the network, without this peer; never changes once returned. */
  Set<NearbyPeer> nearbyPeers();

  /**
   * Connects to whoever is at {@code endpoint}, without discovery. If it turns out to be connected
   * already, that connection stays. Fails with what went wrong, at the latest after the connect
   * timeout: with a {@link dev.earshot.HandshakeException} whose reason is {@code SELF} if that is
   * this session itself, and with a {@link dev.earshot.CancelledException} once the session is
   * over.
   *
   * @throws IllegalStateException before {@link #start}
   */
  CompletableFuture<Peer> connect(Endpoint endpoint);

  /**
   * Sends {@code message} to each of {@code to}. Completes when it was taken for, or failed with,
   * each of them. Whoever sends much should wait for that before going on.
   *
   * <p>The future itself fails only if the session is over: with a {@link
   * dev.earshot.CancelledException} once it is left, with the cause if it has failed.
   *
   * @throws IllegalStateException before {@link #start}
   */
  CompletableFuture<SendResult> send(Payload message, Collection<Peer> to);

  /**
   * Sends {@code message} to all connected peers; to nobody if there is none, which is complete. In
   * all else like {@link #send}.
   */
  CompletableFuture<SendResult> sendToAll(Payload message);

  /**
   * Offers {@code file} to {@code to} under {@code name}, and sends it if the offer is accepted.
   * The file is never held in memory.
   */
  ResourceTransfer sendResource(Path file, String name, Peer to);

  /** Says goodbye to {@code peer}; it is not connected to again by itself while it runs on. */
  void disconnect(Peer peer);

  /**
   * Says goodbye to everybody and ends, at the latest after a second. What was taken before is sent
   * first. May be called at any time, several times: each future completes at the end.
   */
  CompletableFuture<Void> leave();

  /**
   * The same as {@link #leave}, and waits for it, two seconds at most. Called in the session's own
   * handler or by an interrupted thread, which stays interrupted, it does not wait, and the session
   * ends by itself. Closing the network ends its sessions too, perhaps without a goodbye: close the
   * session first.
   */
  @Override
  void close();

  /** Where a session is in its life cycle. More states may be added. */
  sealed interface State {
    /** Not started. */
    record Setup() implements State {}

    /** Listening, advertising and browsing. */
    record Ready() implements State {}

    /**
     * Over.
     *
     * @param cause why
     */
    record Failed(NetworkException cause) implements State {}

    /** Over, by this side's wish. */
    record Left() implements State {}
  }

  /**
   * What happens to a session, on its queue, one call at a time. Safe by default: what you do not
   * handle is refused.
   */
  interface Handler {
    /** A state was entered. */
    default void stateUpdated(Session session, State state) {}

    /** A peer is connecting, connected, or not connected any more. */
    default void peerUpdated(Session session, Peer peer, PeerState state) {}

    /** Others appeared on the network, or went: all of them. */
    default void nearbyPeersChanged(Session session, Set<NearbyPeer> peers) {}

    /** {@code from} sent {@code message}. */
    default void messageReceived(Session session, Peer from, Payload message) {}

    /** {@code offer} was made; answer it now or within a minute. */
    default void resourceOffered(Session session, ResourceOffer offer) {
      offer.decline("not expected");
    }

    /**
     * A connection did not come about, with somebody who is not known as a peer yet: at {@code
     * endpoint}, dialled by this side or by the other. A wrong key is told here, on both sides.
     */
    default void connectFailed(Session session, Endpoint endpoint, NetworkException cause) {}

    /**
     * Whether {@code peer}, who has proved to own the first certificate of {@code chain}, is to be
     * connected with. Asked of every peer, on both sides, if the session's security says {@link
     * dev.earshot.TrustEvaluator#bySession()}, before either is welcome; decide within eight
     * seconds. Nobody is trusted by default, nor if this fails.
     */
    default CompletionStage<Boolean> trust(
        Session session, Peer peer, List<X509Certificate> chain) {
      return CompletableFuture.completedStage(false);
    }

    /** This peer can be found as {@code endpoint}; perhaps renamed, since the name was taken. */
    default void advertised(Session session, Endpoint.Bonjour endpoint) {}

    /** Discovery does not work for now; connections made by address still do. */
    default void discoveryFailed(Session session, NetworkException cause) {}
  }

  /** Configures a session. Not safe for several threads. */
  interface Builder {
    /** The service type to advertise and browse; {@code _earshot._tcp} by default. */
    Builder serviceType(ServiceType type);

    /** How connections are protected. Must be set: {@link Security#none()} has to be meant. */
    Builder security(Security security);

    /**
     * Holds {@link #security} to what is meant, in the words of Multipeer Connectivity; not needed,
     * since security has to be set. {@link EncryptionPreference#OPTIONAL} is refused by {@link
     * #build}, as is a security that is something else.
     */
    Builder encryptionPreference(EncryptionPreference preference);

    /**
     * Lets nobody claim the id of another: a peer's id has to be that of its key, {@link
     * PeerId#ofKey}, or it is refused before anything else is done about it. Needs certificates on
     * both sides, and this peer's own id to be that of its identity's key. Off by default.
     */
    Builder bindPeerIds();

    /** What is advertised in the TXT record besides the id; nothing by default. */
    Builder discoveryInfo(TxtRecord info);

    /** Uses one link only. */
    Builder link(NetworkLink link);

    /** The port to listen on; one that is free by default. */
    Builder port(int port);

    /** Neither advertises nor browses: connections are made by {@link Session#connect} only. */
    Builder withoutDiscovery();

    /** Does not connect by itself to whom it finds. */
    Builder withoutAutomaticConnect();

    /** How long a silent peer is taken to live, at least 1 s; 10 s by default. */
    Builder peerTimeout(Duration time);

    /** How long an attempt to connect may take in all; 10 s by default. */
    Builder connectTimeout(Duration time);

    /** The largest message, in bytes; 16 MiB by default. */
    Builder maximumMessageSize(int bytes);

    /** The peers that can be connected at once; 1,024 by default. */
    Builder maximumPeers(int peers);

    /**
     * How many bytes of a file are read, sent, received and written at once, 64 KiB to 4 MiB; 256
     * KiB by default. Each transfer holds about two such pieces.
     */
    Builder chunkSize(int bytes);

    /**
     * Other parameters of the connections, as a starting point; WebSocket's defaults otherwise.
     *
     * <p>What the session or another method of this builder decides goes before what is in {@code
     * parameters}: the security, {@link #maximumMessageSize}, the subprotocols, what is read ahead
     * and what may wait to be sent always; {@link #link} and {@link #port} if they were called,
     * whatever the order of the calls. All else is taken from {@code parameters}: path, headers,
     * time-outs, TCP's options, links that are required or prohibited, the local port.
     */
    Builder parameters(Parameters parameters);

    /**
     * The session.
     *
     * @throws IllegalStateException if no security was set
     * @throws IllegalArgumentException if certificates are to be used and there is no identity, or
     *     ids are to be bound and this peer's is not that of its key, or the security is not what
     *     {@link #encryptionPreference} says
     */
    Session build();
  }
}
