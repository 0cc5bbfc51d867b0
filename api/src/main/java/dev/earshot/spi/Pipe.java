package dev.earshot.spi;

import dev.earshot.DataTransferReport;
import dev.earshot.DatagramCounts;
import dev.earshot.EstablishmentReport;
import dev.earshot.HttpUpgrade;
import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.Received;
import dev.earshot.SecurityMetadata;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An established connection, with all handshakes behind it. On the loop.
 *
 * <p>It pulls what is to be sent from an {@link Outbound} while the network takes it, many pieces
 * into one write, and pushes what arrives to an {@link Inbound} as far as it was asked by {@link
 * #read}.
 */
@LoopConfined
public interface Pipe {

  /** Where it goes. May be called on any thread. */
  NetworkPath path();

  /** What the security handshake settled. May be called on any thread. */
  Optional<SecurityMetadata> securityMetadata();

  /** The HTTP/1.1 upgrade that it began with. May be called on any thread. */
  Optional<HttpUpgrade> upgrade();

  /** Whether it carries messages, and not bytes. May be called on any thread. */
  boolean isMessageBased();

  /**
   * The bytes that one datagram may have now; 0 when messages are not datagrams. What {@link
   * Outbound#poll} gives is never longer. May be called on any thread.
   */
  default int maximumDatagramSize() {
    return 0;
  }

  /** What was lost here, if messages are datagrams. May be called on any thread. */
  default DatagramCounts datagramCounts() {
    return DatagramCounts.NONE;
  }

  /** The handshakes that it was made with, as far as it measured them. On any thread. */
  default List<EstablishmentReport.Handshake> handshakes() {
    return List.of();
  }

  /** What the system says of its TCP connection now, if it is one and the system tells. */
  default Optional<DataTransferReport.Tcp> tcp() {
    return Optional.empty();
  }

  /**
   * Whether it can send from {@code file} by itself, which saves reading it: then it may be given
   * {@link Outgoing#file}. Otherwise a file comes as content like any other.
   */
  default boolean sendsFrom(FileChannel file) {
    return false;
  }

  /** Gives it its two ends. Once, before anything else; nothing is read before {@link #read}. */
  void attach(Inbound inbound, Outbound outbound);

  /**
   * Says that {@link Outbound#poll} has something again, after it gave null. Polls later or inside
   * this call; when called inside {@link Inbound#content}, better once that has returned, so that
   * what many answers to one batch send becomes one write.
   */
  void wakeUp();

  /**
   * Asks for more: {@link Inbound#content} is called once or more, later or inside this call.
   * Asking again before that has happened changes nothing.
   */
  void read();

  /**
   * Ends it in order: sends all that {@code Outbound} has, also what it {@linkplain
   * Outbound#isFetching is fetching}, says the protocol's farewell, waits for the peer's, and calls
   * {@link Inbound#closed}. What arrives meanwhile is dropped. The caller sets the deadline, and
   * calls {@link #abort}.
   */
  void close();

  /**
   * The same, since all of this side goes away and not this pipe alone. Where the protocol's
   * farewell can say so, it does.
   */
  default void goAway() {
    close();
  }

  /** Ends it at once, without farewell. No event is called any more. */
  void abort();

  /** Where what arrives goes. */
  @LoopConfined
  interface Inbound {
    /**
     * Content, in order; the list is given away. An end of stream is the last that ever comes,
     * though sending may go on.
     */
    void content(List<Received> batch);

    /**
     * Whether the arrays of {@link LentBytes} are given back by now, so that those are worth it.
     */
    default boolean givesBack() {
      return false;
    }

    /**
     * No more content comes, and this side's farewell is next: the peer has said its own, or has
     * broken the rules, which {@link #failed} tells afterwards. What the program sends in answer to
     * what came before is to leave first. So {@code goOn} is called, on the loop, once the program
     * has read all of it and asks for more, or has had its time. Once; only by message-based pipes.
     */
    void ending(Runnable goOn);

    /** The peer is reached by {@code path} from now on, which {@link Pipe#path} says too. */
    void moved(NetworkPath path);

    /** It is over in order, after {@link Pipe#close} or by both sides having said farewell. */
    void closed();

    /** It is over by failure; everything is freed. */
    void failed(NetworkException cause);
  }

  /** Where what is to be sent comes from. */
  @LoopConfined
  interface Outbound {
    /** The next piece, which is thereby taken; null if there is none. */
    @Nullable Outgoing poll();

    /**
     * Gives {@code sink} one piece after the other, as {@link #poll} would have given them, until
     * it does not take one or there is none left. Where there are many small pieces, that is
     * faster. What becomes urgent meanwhile may have to wait until this returns.
     *
     * @return the piece that the sink did not take, which has been polled all the same; null if
     *     there is none left
     */
    default @Nullable Outgoing pollInto(Sink sink) {
      Outgoing next = poll();
      while (next != null && sink.takes(next)) {
        next = poll();
      }
      return next;
    }

    /** Says that a run of polls is over: those who waited for room may be told. */
    void taken();

    /**
     * Whether {@link #poll} has given null only because the next piece is still being read from a
     * file: {@link Pipe#wakeUp} follows.
     */
    default boolean isFetching() {
      return false;
    }
  }

  /** Who is given one piece after the other. */
  @FunctionalInterface
  interface Sink {
    /**
     * Takes {@code piece}; or says false and has not taken it. It does not call the {@link
     * Outbound} that it is given the piece by.
     */
    boolean takes(Outgoing piece);
  }
}
