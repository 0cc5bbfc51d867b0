package dev.earshot.transport.netty;

import dev.earshot.ConnectionLostException;
import dev.earshot.DatagramCounts;
import dev.earshot.EstablishmentReport.Handshake;
import dev.earshot.HttpUpgrade;
import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SecurityMetadata;
import dev.earshot.UdpOptions;
import dev.earshot.UnsupportedException;
import dev.earshot.spi.Dial;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Outgoing;
import dev.earshot.spi.Pipe;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicConnectionStats;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The datagrams of a QUIC connection (RFC 9221). What arrives and is not read waits, bounded. */
@LoopConfined
final class QuicDatagrams implements Pipe {
  private static final int BATCHES_PER_TURN = 4;

  private static final int BATCH_COST = 64 << 10;

  private final NettyLoop loop;
  private final QuicChannel channel;
  private final QuicFacts facts;
  private final Supplier<NetworkPath> path;
  private final LossCounts losses = new LossCounts();
  private final WaitingDatagrams waiting =
      new WaitingDatagrams(UdpOptions.DEFAULT.receiveQueue(), losses);

  private final EngineQueue engine;

  /** What the peer and the path permit, 0 for none; read by any thread. */
  private volatile int maximum;

  private Optional<SecurityMetadata> security = Optional.empty();
  private List<Handshake> handshakes = List.of();
  private @Nullable Inbound inbound;
  private @Nullable Outbound outbound;
  private @Nullable NetworkException end;
  private boolean wanted;
  private boolean delivering;
  private boolean draining;
  private boolean drainAgain;

  /** Whether {@link #answered} is to come. */
  private boolean listening;

  /** Until a look at an engine that has no room; null if none is planned. */
  private Loop.@Nullable Timer look;

  private boolean refused;
  private boolean closing;
  private boolean over;

  QuicDatagrams(NettyLoop loop, QuicChannel channel, QuicFacts facts, Supplier<NetworkPath> path) {
    this.loop = loop;
    this.channel = channel;
    this.facts = facts;
    this.path = path;
    this.engine = new EngineQueue(QuicSocket.payload(facts.options(), Integer.MAX_VALUE));
  }

  /** The peer takes datagrams of {@code bytes}. */
  void permitted(int bytes) {
    maximum = Math.max(0, Math.min(bytes, facts.options().maximumDatagramSize()));
  }

  void ready(Optional<SecurityMetadata> settled, List<Handshake> ofGroup) {
    security = settled;
    handshakes = ofGroup;
  }

  Dial open(Dial.Events events) {
    Opening opening = new Opening(events);
    loop.execute(opening::begin);
    return opening;
  }

  // What arrives.

  void arrived(ByteBuf datagram) {
    try {
      if (!closing && !over && facts.options().datagrams()) {
        byte[] bytes = new byte[datagram.readableBytes()];
        datagram.readBytes(bytes);
        waiting.add(Payload.wrap(bytes));
      }
    } finally {
      datagram.release();
    }
  }

  void batchOver() {
    deliver();
  }

  @Override
  public void read() {
    loop.assertInLoop();
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

  // What is sent.

  @Override
  public void wakeUp() {
    loop.assertInLoop();
    drain();
  }

  private void drain() {
    if (draining || delivering) {
      drainAgain = true;
      return;
    }
    QuicSocket socket = QuicSocket.below(channel);
    if (socket.isFeeding()) { // what leaves now may be no more than the answer to what arrives
      if (!listening) {
        listening = true;
        socket.onceAnswered(this::answered);
      }
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

  /** Sends a turn's worth; false if there may be more that the engine has room for. */
  private boolean drainTurn() {
    Outbound source = outbound;
    boolean more = true;
    for (int i = 0; i < BATCHES_PER_TURN && more && source != null && !over; i++) {
      long sent = sentBytes();
      int room = engine.room(sent);
      if (room == 0) {
        lookLater();
        return true;
      }
      more = give(source, room, sent);
    }
    boolean empty = source == null || !more;
    if (closing && empty && !over) {
      end();
      if (inbound != null) {
        inbound.closed();
      }
    }
    return over || empty;
  }

  /** Gives the engine, which has sent so much, a few datagrams; whether there may be more. */
  private boolean give(Outbound source, int room, long sent) {
    int polled = 0;
    long size = 0;
    Outgoing next = source.poll();
    while (next != null) {
      polled++;
      size += send(next.content());
      next = polled < room ? source.poll() : null;
    }
    if (size > 0) {
      refused = false;
      channel.flush();
      if (!refused) {
        engine.gave(polled, size, sent, sentBytes());
      }
    }
    if (polled > 0 && !over) {
      source.taken();
    }
    return polled == room;
  }

  /** Says how many bytes the engine is given. */
  private int send(Payload content) {
    if (content.isEmpty()) {
      losses.notSent(1); // Netty sends none
      return 0;
    }
    ByteBuf copy = channel.alloc().directBuffer(content.length(), content.length());
    copy.writeBytes(content.asByteBuffer());
    channel
        .write(copy)
        .addListener(
            done -> {
              if (!done.isSuccess()) {
                refused = true;
                losses.notSent(1);
              }
            });
    return content.length();
  }

  /** How many bytes the engine has sent. */
  private long sentBytes() {
    QuicConnectionStats stats = channel.collectStats().getNow();
    return stats == null ? 0 : stats.sentBytes();
  }

  /** Looks for room again after a while. */
  private void lookLater() {
    if (look == null) {
      look =
          loop.schedule(
              Duration.ofMillis(engine.pauseMillis(sentBytes())),
              () -> {
                look = null;
                engine.doubt(sentBytes());
                drain();
              });
    }
  }

  private void answered() {
    listening = false;
    drain();
  }

  // Ending.

  @Override
  public void close() {
    loop.assertInLoop();
    if (!over && !closing) {
      closing = true;
      waiting.clear();
      drain();
    }
  }

  @Override
  public void abort() {
    loop.assertInLoop();
    end();
  }

  /** The group has been aborted: nobody is told. */
  void drop() {
    if (end == null) {
      end = new ConnectionLostException("connection with " + facts.peer() + ": over");
    }
    end();
  }

  /** The group has ended for {@code cause}. */
  void fail(NetworkException cause) {
    end = cause;
    if (over) {
      return;
    }
    Inbound told = inbound;
    if (told != null && !closing) {
      List<Received> rest = waiting.batch(Long.MAX_VALUE);
      if (!rest.isEmpty()) {
        told.content(rest);
      }
    }
    end();
    if (told != null) {
      told.failed(cause);
    }
  }

  private void end() {
    over = true;
    maximum = 0;
    waiting.clear();
    if (look != null) {
      look.cancel();
    }
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
  }

  @Override
  public NetworkPath path() {
    return path.get();
  }

  @Override
  public Optional<SecurityMetadata> securityMetadata() {
    return security;
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
    return maximum;
  }

  @Override
  public DatagramCounts datagramCounts() {
    return losses.read();
  }

  /** Looks whether both sides have datagrams. */
  private final class Opening implements Dial {
    private final Events events;
    private boolean cancelled;

    Opening(Events events) {
      this.events = events;
    }

    void begin() {
      if (cancelled) {
        return;
      }
      NetworkException ended = end;
      if (ended != null) {
        events.failed(ended);
      } else if (maximum == 0) {
        String who = facts.options().datagrams() ? "the peer takes none" : "they are off here";
        events.failed(
            new UnsupportedException(
                "datagrams with " + facts.peer() + ": " + who + " (QuicOptions.datagrams)"));
      } else {
        events.ready(QuicDatagrams.this);
      }
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }
}
