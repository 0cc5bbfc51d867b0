package dev.earshot.spi;

/**
 * An established group of pipes under one handshake: what a dial or an arrival brings about for
 * {@link dev.earshot.Protocol.Quic}. On the loop, as are all pipes in it.
 *
 * <p>It carries nothing itself: {@link Pipe.Inbound#content} is never called, {@link
 * Pipe.Outbound#poll} never asked, and {@link #read} and {@link #wakeUp} do nothing. When it ends,
 * its pipes and its streams' dials are told first, then it calls {@link Pipe.Inbound#closed} or
 * {@link Pipe.Inbound#failed}. {@link #close} says farewell for the group and waits for no pipe.
 */
@LoopConfined
public interface GroupPipe extends Pipe {

  /** Says where the peer's streams go, those first that have come. Once, after {@link #attach}. */
  void accept(Streams streams);

  /**
   * Begins a stream in both directions.
   *
   * @return the attempt, which calls {@code events}, without {@code connected}, not inside this
   *     call; it fails with {@link dev.earshot.UnreachableException} if the peer permits none now
   */
  Dial openStream(Dial.Events events);

  /**
   * Opens the channel for datagrams. Once.
   *
   * @return as for {@link #openStream}; it fails with {@link dev.earshot.UnsupportedException} if
   *     one side has no datagrams
   */
  Dial openDatagrams(Dial.Events events);

  /** Ends it at once, with all pipes in it, and says farewell. No event is called any more. */
  void leave();

  /** What the peer does. */
  @LoopConfined
  interface Streams {
    /** It has opened a stream, which belongs to the group's loop. */
    void arrived(Arrival stream);

    /** It permits more streams than before. */
    void permitted();
  }
}
