package dev.earshot.spi;

import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.Payload;
import dev.earshot.SecurityMetadata;
import dev.earshot.spi.StreamSecurity.Role;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Protection for datagrams, configured. Thread-safe.
 *
 * <p>What it makes is fed datagrams and time, and does no I/O: whoever has a socket drives it.
 */
public interface DatagramSecurity {

  /**
   * The protection of one flow, which waits for {@link SecuredFlow#begin}. On the loop of {@code
   * place}.
   */
  SecuredFlow open(Role role, Place place, Events events);

  /** What meets strangers at one port, on {@code loop}. */
  Doorkeeper doorkeeper(Loop loop);

  /**
   * Loads what the first handshake needs, which may take some tenths of a second, so that it holds
   * no loop up. On a worker, any number of times; whoever does not wait for it loses time only.
   */
  default void prepare() {}

  /**
   * Where a flow is at home.
   *
   * @param loop owns the flow, and is its clock
   * @param workers runs what may block, such as key look-ups
   * @param peer the other side, for messages
   * @param endpoint what this side connects to, or where the peer came from
   * @param maximumDatagramSize the bytes that one datagram may have, protection included
   */
  record Place(
      Loop loop, Executor workers, String peer, Endpoint endpoint, int maximumDatagramSize) {}

  /**
   * Looks at the first datagrams of those nobody knows, and keeps nothing of them: an address is
   * believed only when its owner has answered. On one loop.
   *
   * <p>Everything else that an address sends with which there is a flow is shown to it too, since
   * its owner may have begun anew (RFC 6347, section 4.2.8): most of it is none of its business.
   */
  @LoopConfined
  interface Doorkeeper {
    /** What becomes of {@code datagram} from {@code source}. */
    Verdict look(InetSocketAddress source, byte[] datagram);
  }

  /**
   * What becomes of a datagram that may be a stranger's.
   *
   * @param admitted whether a flow begins, with this datagram as the first it is fed, unless it has
   *     begun already
   * @param answer otherwise, what to send back: never more than three times as long; empty for
   *     silence
   * @param beginning what tells this beginning of a flow from others of the same address, however
   *     often it is repeated; empty if none begins
   */
  record Verdict(boolean admitted, Payload answer, Payload beginning) {
    /** Nothing happens. */
    public static final Verdict IGNORED = new Verdict(false, Payload.empty(), Payload.empty());

    /** The flow begins that {@code beginning} stands for. */
    public static Verdict admitted(Payload beginning) {
      return new Verdict(true, Payload.empty(), beginning);
    }

    /** Nothing begins before whoever it is has shown that {@code answer} has reached him. */
    public static Verdict answered(Payload answer) {
      return new Verdict(false, answer, Payload.empty());
    }
  }

  /** The protection of one flow. */
  @LoopConfined
  interface SecuredFlow {
    /** Begins the handshake: a client speaks first, a server waits. Once. */
    void begin();

    /** Takes one datagram that arrived; the array is given away. */
    void arrived(byte[] datagram);

    /** How many bytes of content fit into a datagram of {@code size} bytes. */
    int maximumContent(int size);

    /**
     * Writes one datagram with {@code content}, which fits, to {@code target} from {@code at} on.
     * Only once ready.
     *
     * @return its length; 0 if it is over, and nothing can be sent any more
     */
    int seal(Payload content, byte[] target, int at);

    /** Says farewell, and is over: no event is called any more. */
    void close();

    /** Is over at once: everything is freed, and no event is called any more. */
    void abort();

    /** What the handshake settled; only once ready. */
    SecurityMetadata metadata();

    /** Why the handshake takes so long, as far as can be guessed. */
    Optional<NetworkException> suspicion();

    /** How many records arrived and were not believed. */
    long discarded();
  }

  /** What becomes of a flow; called on its loop, not inside {@link DatagramSecurity#open}. */
  interface Events {
    /** To be sent now: {@code length} bytes of {@code array}, which must not be kept. */
    void send(byte[] array, int from, int length);

    /** The peer has answered for the first time. */
    void heard();

    /** The handshake is over. */
    void ready();

    /** One datagram's content, after {@code ready}. */
    void content(Payload content);

    /** The peer has said farewell, after {@code ready}; over. */
    void closed();

    /** It failed; over. */
    void failed(NetworkException cause);
  }
}
