package dev.earshot.transport.netty;

import dev.earshot.ConnectionLostException;
import dev.earshot.EstablishmentReport.Handshake;
import dev.earshot.HttpUpgrade;
import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.QuicOptions;
import dev.earshot.SecurityMetadata;
import dev.earshot.spi.Arrival;
import dev.earshot.spi.Dial;
import dev.earshot.spi.GroupPipe;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import io.netty.handler.codec.quic.QuicDatagramExtensionEvent;
import io.netty.handler.codec.quic.QuicPathEvent;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamLimitChangedEvent;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.util.AttributeKey;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One QUIC connection: its handshake, then its streams and datagrams, and how all of them end.
 *
 * <p>The streams are told of the end before the group is. Netty keeps something of every stream
 * that was reset before its end had come, until the connection ends: so these are counted, and too
 * many of them end it.
 */
@LoopConfined
final class QuicGroup extends ChannelInboundHandlerAdapter implements GroupPipe {
  private static final AttributeKey<QuicGroup> KEY = AttributeKey.valueOf("dev.earshot.group");

  /** Streams that were reset, of which Netty keeps about a kilobyte each. */
  private static final int MOST_LEFT_BEHIND = 10_000;

  /** How often the engine is asked to look again whether it can take what waits. */
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  /** How long after the end of a stream was sent it may have to be sent again. */
  private static final Duration RESEND = Duration.ofMillis(200);

  private final NettyLoop loop;
  private final QuicChannel channel;
  private final QuicSocket socket;
  private final QuicFacts facts;
  private final Set<QuicStreamStage> streams = new LinkedHashSet<>();
  private final Set<QuicStreamDial> dials = new LinkedHashSet<>();
  private final ArrayDeque<Arrival> early = new ArrayDeque<>(1);
  private final QuicDatagrams datagrams;
  private final QuicKeepAlive keepAlive;
  private final long begun;

  /** From the beginning until the engine had agreed with the peer. */
  private Duration agreement = Duration.ZERO;

  private Optional<SecurityMetadata> security = Optional.empty();
  private List<Handshake> handshakes = List.of();

  /** Read by any thread. */
  private volatile NetworkPath path;

  private @Nullable QuicOpening opening;
  private @Nullable Inbound inbound;
  private @Nullable Streams events;
  private Loop.@Nullable Timer lookAgain;
  private @Nullable Throwable trouble;
  private int leftBehind;
  private long lastFinish = Long.MIN_VALUE;
  private boolean established;
  private boolean closing;
  private @Nullable NetworkException end;
  private boolean over;

  QuicGroup(NettyLoop loop, QuicChannel channel, QuicFacts facts) {
    this.loop = loop;
    this.channel = channel;
    this.socket = QuicSocket.below(channel);
    this.facts = facts;
    this.begun = loop.nanoTime();
    this.path = facts.path();
    this.datagrams = new QuicDatagrams(loop, channel, facts, this::path);
    this.keepAlive = new QuicKeepAlive(loop, channel, facts.options());
    channel.attr(KEY).set(this);
    channel.closeFuture().addListener(closed -> engineClosed());
  }

  /** The group of {@code channel}. */
  static QuicGroup of(QuicChannel channel) {
    return channel.attr(KEY).get();
  }

  QuicFacts facts() {
    return facts;
  }

  String peer() {
    return facts.peer();
  }

  QuicOptions options() {
    return facts.options();
  }

  QuicChannel channel() {
    return channel;
  }

  QuicSocket socket() {
    return socket;
  }

  // Opening.

  /** Says who wants to know how the handshake ends; what has happened is told at once. */
  void opening(QuicOpening value) {
    opening = value;
    if (over) {
      NetworkException cause = end;
      value.failed(cause != null ? cause : handshakeFailure());
    } else if (established) {
      value.established();
    }
  }

  /** The handshake is over, and the peer is trusted, which took {@code decision} beyond it. */
  void ready(Optional<SecurityMetadata> settled, Duration decision) {
    security = settled;
    handshakes = List.of(new Handshake("QUIC", agreement.plus(decision)));
    opening = null;
    datagrams.ready(settled, handshakes);
    keepAlive.begin();
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    if (!established && !over) {
      established = true;
      agreement = Duration.ofNanos(loop.nanoTime() - begun);
      if (opening != null) {
        opening.established();
      }
    }
  }

  /** The engine could not even begin, or has failed with {@code cause}. */
  void failed(Throwable cause) {
    trouble = cause;
    if (channel.isRegistered() && channel.isOpen()) {
      loop.execute(channel::close); // later, so that the engine can tell the peer
    } else {
      engineClosed();
    }
  }

  private NetworkException handshakeFailure() {
    Throwable cause = trouble;
    return facts.judgement().refusal() != null
        ? facts.refused(facts.judgement().refusal())
        : QuicErrors.refusedHere(
            facts.peer(), cause == null ? new ClosedChannelException() : cause);
  }

  // What the engine says.

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof QuicConnectionCloseEvent close) {
      peerClosed(close);
    } else if (event instanceof QuicDatagramExtensionEvent extension) {
      datagrams.permitted(extension.maxLength());
    } else if (event instanceof QuicStreamLimitChangedEvent && events != null && !over) {
      events.permitted();
    } else if (event instanceof QuicPathEvent.PeerMigrated
        && channel.remoteSocketAddress() instanceof InetSocketAddress remote) {
      moved(remote); // the event's own address has the bytes of the port in the wrong order
    }
  }

  /**
   * The peer, which has proved to be the same, sends from another address (RFC 9000, section 9).
   */
  private void moved(InetSocketAddress remote) {
    path = new NetworkPath(path.status(), path.link(), path.localEndpoint(), Optional.of(remote));
    Inbound told = inbound;
    if (told != null && !over) {
      told.moved(path);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof ByteBuf datagram) {
      datagrams.arrived(datagram);
    } else {
      context.fireChannelRead(message); // a stream, which Netty sets up
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    datagrams.batchOver();
    context.fireChannelReadComplete();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (trouble == null) {
      trouble = cause; // once established, the engine closes if it cannot go on
    }
    if (!established && !over) {
      loop.execute(channel::close);
    }
  }

  /** The peer has opened a stream. */
  void arrived(QuicStreamChannel stream) {
    QuicStreamStage stage = new QuicStreamStage(loop, this, stream);
    stream.pipeline().addLast(stage);
    streams.add(stage);
    loop.execute(() -> tell(stage)); // once Netty has set it up
  }

  private void tell(QuicStreamStage stage) {
    Arrival arrival = new QuicStreamArrival(loop, this, stage);
    if (over || loop.isClosing()) {
      stage.abort();
    } else if (events != null) {
      events.arrived(arrival);
    } else {
      early.add(arrival); // no more than the peer may have open at once
    }
  }

  private void peerClosed(QuicConnectionCloseEvent event) {
    if (over) {
      return;
    }
    if (inbound == null) {
      end(QuicErrors.refusedByPeer(facts.peer(), event));
      return;
    }
    NetworkException cause = QuicErrors.closedByPeer(facts.peer(), event);
    if (!closing) {
      List.copyOf(streams).forEach(QuicStreamStage::handOverLast);
    }
    if (event.isApplicationClose() && event.error() == QuicErrors.NO_ERROR) {
      endInOrder(cause);
    } else {
      end(cause);
    }
  }

  /** The engine has given the connection up, or has failed. */
  private void engineClosed() {
    facts.ended().run();
    if (over) {
      return;
    }
    if (loop.isClosing()) {
      dropAll();
    } else if (closing) {
      endInOrder(new ConnectionLostException("connection with " + peer() + ": closed"));
    } else if (channel.isTimedOut()) {
      end(
          inbound == null && !established
              ? facts.unanswered()
              : QuicErrors.silent(facts.peer(), facts.options()));
    } else if (inbound == null) {
      end(handshakeFailure());
    } else {
      Throwable cause = trouble;
      end(QuicErrors.lost(facts.peer(), cause == null ? new ClosedChannelException() : cause));
    }
  }

  // Pipe and GroupPipe.

  @Override
  public void attach(Inbound in, Outbound out) {
    loop.assertInLoop();
    if (inbound != null) {
      throw new IllegalStateException("attached already: " + facts.peer());
    }
    inbound = in;
  }

  @Override
  public void accept(Streams value) {
    loop.assertInLoop();
    events = value;
    while (!early.isEmpty()) {
      value.arrived(early.remove());
    }
  }

  @Override
  public Dial openStream(Dial.Events who) {
    loop.assertInLoop();
    QuicStreamDial dial = new QuicStreamDial(loop, this, who);
    dials.add(dial);
    loop.execute(dial::begin);
    return dial;
  }

  @Override
  public Dial openDatagrams(Dial.Events who) {
    loop.assertInLoop();
    return datagrams.open(who);
  }

  /** Takes note of a stream that this side has opened. */
  void opened(QuicStreamStage stage) {
    streams.add(stage);
  }

  void forget(QuicStreamStage stage) {
    streams.remove(stage);
  }

  void forget(QuicStreamDial dial) {
    dials.remove(dial);
  }

  /** How many streams the peer permits at the moment. */
  long permittedStreams() {
    return channel.peerAllowedStreams(QuicStreamType.BIDIRECTIONAL);
  }

  /** Why it is over; null if it is not. */
  @Nullable NetworkException endCause() {
    return end;
  }

  /** Whether a stream that broke for {@code cause} did so since all of it ends. */
  boolean isEnding(Throwable cause) {
    return cause instanceof ClosedChannelException && !channel.isOpen();
  }

  // Streams.

  /** One was reset before its end had come: see above. */
  void leftBehind() {
    leftBehind++;
    if (leftBehind == MOST_LEFT_BEHIND) {
      loop.execute(this::tooManyLeftBehind);
    }
  }

  private void tooManyLeftBehind() {
    if (!over) {
      end(
          new ConnectionLostException(
              "connection with %s: %d of its streams were reset"
                  .formatted(facts.peer(), leftBehind)));
      closeEngine(true, QuicErrors.ABORTED);
    }
  }

  /** The end of a stream is with the engine. */
  void finishedSending() {
    lastFinish = loop.nanoTime();
  }

  /**
   * Something waits for the engine to take it. It says when it can; sometimes it does not, and is
   * therefore asked again.
   */
  void watchBlocked() {
    if (lookAgain == null && !over) {
      lookAgain = loop.schedule(LOOK_AGAIN, this::lookAgain);
    }
  }

  private void lookAgain() {
    lookAgain = null;
    if (!over && streams.stream().anyMatch(QuicStreamStage::isBehind)) {
      channel.parent().pipeline().fireChannelWritabilityChanged();
      watchBlocked();
    }
  }

  // Ending.

  @Override
  public void close() {
    loop.assertInLoop();
    if (over || closing) {
      return;
    }
    closing = true;
    long since = lastFinish == Long.MIN_VALUE ? Long.MAX_VALUE : loop.nanoTime() - lastFinish;
    if (since >= RESEND.toNanos()) {
      sayFarewell();
    } else {
      loop.schedule(RESEND.minusNanos(since), this::sayFarewell);
    }
  }

  private void sayFarewell() {
    if (!over) {
      closeEngine(true, QuicErrors.NO_ERROR);
    }
  }

  @Override
  public void abort() {
    loop.assertInLoop();
    abort(true, QuicErrors.ABORTED);
  }

  @Override
  public void leave() {
    loop.assertInLoop();
    abort(true, QuicErrors.NO_ERROR);
  }

  /** Ends it at once, with an error of the application's or of the transport's. */
  void abort(boolean application, int error) {
    if (!over) {
      dropAll();
      closeEngine(application, error);
    }
  }

  private void closeEngine(boolean application, int error) {
    socket.farewell().say(() -> channel.close(application, error, Unpooled.EMPTY_BUFFER));
  }

  private void dropAll() {
    stop();
    List.copyOf(streams).forEach(QuicStreamStage::drop);
    dials.clear();
    datagrams.drop();
    early.clear();
  }

  private void stop() {
    over = true;
    facts.judgement().end();
    keepAlive.stop();
    if (lookAgain != null) {
      lookAgain.cancel();
      lookAgain = null;
    }
  }

  private void endInOrder(NetworkException cause) {
    endParts(cause);
    Inbound told = inbound;
    if (told != null) {
      told.closed();
    }
  }

  private void end(NetworkException cause) {
    endParts(cause);
    Inbound told = inbound;
    QuicOpening waiting = opening;
    if (told != null) {
      told.failed(cause);
    } else if (waiting != null) {
      waiting.failed(cause);
    }
  }

  private void endParts(NetworkException cause) {
    end = cause;
    stop();
    List.copyOf(dials).forEach(dial -> dial.failed(cause));
    dials.clear();
    List.copyOf(streams).forEach(stage -> stage.groupEnded(cause));
    datagrams.fail(cause);
    early.clear();
  }

  // Facts.

  @Override
  public void wakeUp() {
    // There is nothing to be sent.
  }

  @Override
  public void read() {
    // There is nothing to be read.
  }

  @Override
  public NetworkPath path() {
    return path;
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
    return false;
  }
}
