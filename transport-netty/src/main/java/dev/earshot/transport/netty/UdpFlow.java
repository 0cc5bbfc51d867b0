package dev.earshot.transport.netty;

import dev.earshot.ConnectionLostException;
import dev.earshot.ContentMetadata;
import dev.earshot.DatagramCounts;
import dev.earshot.EstablishmentReport.Handshake;
import dev.earshot.HttpUpgrade;
import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SecurityMetadata;
import dev.earshot.spi.DatagramSecurity.SecuredFlow;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Outgoing;
import dev.earshot.spi.Pipe;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The datagrams between two addresses, in both directions: what arrives and nobody has read waits
 * here, bounded, the oldest dropped first.
 */
@LoopConfined
final class UdpFlow implements Pipe {
  /** Datagrams sent in one turn, after which other flows of the loop have theirs. */
  private static final int DATAGRAMS_PER_TURN = 256;

  /** Handed over at once, at most, so that whoever asked for something does not drown. */
  private static final int BATCH_COST = 64 << 10;

  private final NettyLoop loop;
  private final UdpSocket socket;
  private final UdpFacts facts;
  private final DatagramRun run;
  private final SendPace pace;
  private final LossCounts losses = new LossCounts();

  /** Before it is opened these are as they came; afterwards, content. */
  private final WaitingDatagrams waiting;

  /** The bytes that a datagram may have, protection included; read by any thread. */
  private volatile int size;

  /** The bytes of content that one may have; read by any thread. */
  private volatile int maximumContent;

  private @Nullable SecuredFlow secured;
  private Optional<SecurityMetadata> metadata = Optional.empty();
  private List<Handshake> handshakes = List.of();
  private boolean opened;
  private @Nullable Inbound inbound;
  private @Nullable Outbound outbound;
  private boolean wanted;
  private boolean delivering;
  private boolean draining;
  private boolean drainAgain;
  private boolean closing;
  private boolean over;

  private @Nullable IdleWatch idleness;

  /** Something has arrived in the batch that is not over. */
  private boolean heard;

  /** Until the pace has room again. */
  private Loop.@Nullable Timer pause;

  UdpFlow(NettyLoop loop, UdpSocket socket, UdpFacts facts) {
    this.loop = loop;
    this.socket = socket;
    this.facts = facts;
    this.pace = new SendPace(facts.options().sendRate(), loop.nanoTime());
    this.run = new DatagramRun(loop, socket, this, pace::took);
    this.waiting = new WaitingDatagrams(facts.options().receiveQueue(), losses);
    measure();
  }

  /** Where datagrams go. */
  InetSocketAddress remote() {
    return facts.remote();
  }

  UdpFacts facts() {
    return facts;
  }

  /** How many datagrams were never with the system, or not taken by it. */
  long notSent() {
    return losses.notSent();
  }

  int size() {
    return size;
  }

  boolean isOver() {
    return over;
  }

  // Opening.

  /** Everything is agreed, by {@code made}, or nothing had to be. */
  void ready(Optional<SecurityMetadata> settled, List<Handshake> made) {
    metadata = settled;
    handshakes = made;
    updateMaximum();
    facts.owner().opened(this);
  }

  /** From now on what arrives is content, or is fed to {@code protection}, first what has come. */
  void open(@Nullable SecuredFlow protection) {
    secured = protection;
    opened = true;
    if (protection != null) {
      for (Payload datagram : waiting.removeAll()) {
        if (!over) {
          protection.arrived(datagram.toByteArray());
        }
      }
    }
  }

  /** Asks the system how long datagrams may be. */
  private void measure() {
    size = Math.min(facts.options().maximumDatagramSize(), facts.measure(socket.channel()));
    updateMaximum();
  }

  private void updateMaximum() {
    SecuredFlow protection = secured;
    maximumContent =
        protection == null ? size : metadata.isPresent() ? protection.maximumContent(size) : 0;
  }

  // What arrives.

  /** A datagram from the other side. */
  void arrived(byte[] datagram) {
    if (over) {
      return;
    }
    heard = true;
    if (opened && secured != null) {
      secured.arrived(datagram);
      losses.discarded(secured.discarded());
    } else {
      accept(Payload.wrap(datagram));
    }
    if (waiting.isMuch()) {
      deliver(); // the socket may have more than is kept
    }
  }

  /** Content, or before the flow is open what may become some. */
  void accept(Payload content) {
    if (!closing && !over) {
      waiting.add(content);
    }
  }

  /** All that the socket had has been told. */
  void batchOver() {
    if (heard && idleness != null) {
      idleness.heard(); // once for all: to ask for the time is not cheap
    }
    heard = false;
    deliver();
    if (drainAgain) {
      drain();
    }
  }

  @Override
  public void read() {
    loop.assertInLoop();
    inbound();
    wanted = true;
    deliver();
  }

  private void deliver() {
    if (delivering) {
      return;
    }
    delivering = true;
    try {
      while (wanted && inbound != null && !over && !waiting.isEmpty()) {
        wanted = false;
        inbound.content(waiting.batch(BATCH_COST));
      }
    } finally {
      delivering = false;
    }
    if (drainAgain) {
      drain();
    }
  }

  /** What the socket says of the path. */
  void trouble(Throwable cause) {
    if (UdpSystem.isUnreachable(cause)) {
      // RFC 1122, section 4.1.3.3 has it told; anybody on the path can send one, though, and the
      // peer may come back: so it is told as a number, and nothing ends.
      losses.unreachable();
    } else if (UdpSystem.isTooLong(cause)) {
      tooLong();
    }
  }

  /** So many datagrams have not left, the longest of {@code length} bytes. */
  void notSent(int count, int length, Throwable cause) {
    losses.notSent(count);
    boolean knownSince = UdpSystem.isTooLong(cause) && length > size;
    if (!knownSince) {
      trouble(cause);
    }
  }

  private void tooLong() {
    int before = size;
    measure();
    if (size >= before && before > UdpSystem.SAFE_SIZE) {
      size = UdpSystem.SAFE_SIZE; // nobody says how much less; this every path carries
      updateMaximum();
    }
  }

  // What is sent.

  @Override
  public void wakeUp() {
    loop.assertInLoop();
    drain();
  }

  /** The socket has room again. */
  void writable() {
    drain();
  }

  private void drain() {
    if (draining || delivering) {
      drainAgain = true;
      return;
    }
    draining = true;
    try {
      do {
        drainAgain = false;
        if (!drainTurn()) {
          loop.execute(this::drain);
          break;
        }
      } while (drainAgain);
    } finally {
      draining = false;
    }
  }

  /** Sends a turn's worth; false if there may be more. */
  private boolean drainTurn() {
    Outbound source = outbound;
    int left = DATAGRAMS_PER_TURN;
    boolean took = false;
    boolean empty = false;
    pace.advance(loop.nanoTime());
    while (source != null && !over && left-- > 0 && maySend()) {
      Outgoing next = source.poll();
      if (next == null) {
        empty = true;
        break;
      }
      took = true;
      pace.spend(next.content().length());
      send(next.content());
    }
    if (took && !over) {
      run.leave();
      socket.flush();
      source.taken();
    }
    if (closing && empty && !over) {
      conclude();
    }
    if (source != null && !empty && !over && !pace.hasRoom()) {
      rest();
    }
    return over || empty || source == null || !maySend();
  }

  private boolean maySend() {
    return pace.hasRoom() && socket.isWritable();
  }

  /** Goes on when the pace has room again. */
  private void rest() {
    if (pause == null) {
      pause =
          loop.schedule(
              Duration.ofNanos(pace.pauseNanos()),
              () -> {
                pause = null;
                drain();
              });
    }
  }

  private void send(Payload content) {
    SecuredFlow protection = secured;
    if (protection == null && content.isEmpty()) {
      losses.notSent(1); // Netty sends none
      return;
    }
    if (protection == null) {
      run.add(content);
      return;
    }
    byte[] array = loop.arrays().borrow();
    try {
      int length = protection.seal(content, array, 0);
      if (length > 0) {
        run.add(array, length);
      }
    } finally {
      loop.arrays().giveBack(array);
    }
  }

  /** Sends one datagram as it is: a handshake's, or a farewell. */
  void sendRaw(byte[] array, int from, int length) {
    if (over) {
      return;
    }
    run.leave();
    ByteBuf copy = loop.allocator().directBuffer(Math.max(1, length));
    copy.writeBytes(array, from, length);
    socket.write(copy, Math.max(1, length), this);
    socket.flush();
  }

  // Ending.

  @Override
  public void close() {
    loop.assertInLoop();
    if (over || closing) {
      return;
    }
    closing = true;
    waiting.clear();
    drain();
  }

  private void conclude() {
    if (secured != null) {
      secured.close();
    }
    end();
    inbound().closed();
  }

  /** The peer has said farewell: what it sent before can still be read. */
  void farewell() {
    if (over) {
      return;
    }
    if (closing) {
      conclude();
      return;
    }
    deliverLast(true);
    end();
    inbound().closed();
  }

  /** It cannot go on. */
  void fail(NetworkException cause) {
    if (over) {
      return;
    }
    Inbound told = inbound;
    if (told == null) {
      abort();
      return;
    }
    if (!closing) {
      deliverLast(false);
    }
    end();
    if (secured != null) {
      secured.abort();
    }
    told.failed(cause);
  }

  private void deliverLast(boolean inOrder) {
    List<Received> rest = waiting.batch(Long.MAX_VALUE);
    if (inOrder) {
      rest.add(Received.end(ContentMetadata.DATAGRAM));
    }
    if (!rest.isEmpty() && !over) {
      inbound().content(rest);
    }
  }

  @Override
  public void abort() {
    loop.assertInLoop();
    if (!over) {
      SecuredFlow protection = secured;
      end();
      if (protection != null) {
        protection.abort();
      }
    }
  }

  private void end() {
    run.leave();
    over = true;
    waiting.clear();
    if (idleness != null) {
      idleness.stop();
    }
    if (pause != null) {
      pause.cancel();
    }
    facts.owner().ended(this);
  }

  private void idle() {
    String limit = facts.idleTimeout().map(time -> time.toMillis() / 1000.0 + " s").orElse("");
    fail(
        new ConnectionLostException(
            "connection with %s: nothing arrived within %s (UdpOptions.idleTimeout)"
                .formatted(facts.peer(), limit)));
  }

  // Facts.

  @Override
  public void attach(Inbound in, Outbound out) {
    loop.assertInLoop();
    if (inbound != null) {
      throw new IllegalStateException("attached already: " + facts.peer());
    }
    inbound = in;
    outbound = out;
    facts.idleTimeout().ifPresent(time -> idleness = new IdleWatch(loop, time, this::idle));
  }

  /** Whether it has its two ends. */
  boolean isAttached() {
    return inbound != null;
  }

  private Inbound inbound() {
    if (inbound == null) {
      throw new IllegalStateException("attach comes first: " + facts.peer());
    }
    return inbound;
  }

  @Override
  public NetworkPath path() {
    return facts.path();
  }

  @Override
  public Optional<SecurityMetadata> securityMetadata() {
    return metadata;
  }

  @Override
  public List<Handshake> handshakes() {
    return handshakes;
  }

  @Override
  public Optional<HttpUpgrade> upgrade() {
    return Optional.empty();
  }

  @Override
  public boolean isMessageBased() {
    return true;
  }

  @Override
  public int maximumDatagramSize() {
    return maximumContent;
  }

  @Override
  public DatagramCounts datagramCounts() {
    return losses.read();
  }
}
