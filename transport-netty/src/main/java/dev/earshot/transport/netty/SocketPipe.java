package dev.earshot.transport.netty;

import dev.earshot.DataTransferReport;
import dev.earshot.EstablishmentReport;
import dev.earshot.HttpUpgrade;
import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SecurityMetadata;
import dev.earshot.spi.FilePart;
import dev.earshot.spi.LentBytes;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Outgoing;
import dev.earshot.spi.Pipe;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The pipe of a connection: drains what is to be sent into the stage below, and gives what arrives
 * there to its owner, both through a codec.
 *
 * <p>A drain fills one array with as much as there is, which leaves with one flush. It goes on
 * while the stage takes it, and begins again when there is room.
 */
@LoopConfined
final class SocketPipe implements Pipe, ByteStage.Above {
  /** Arrays filled in one turn, after which other connections of the loop have theirs. */
  private static final int ARRAYS_PER_TURN = 16;

  /** After the peer's farewell: 16 MiB that were taken before are still sent, then ours. */
  private static final int ARRAYS_AFTER_FAREWELL = 256;

  /** How long the peer may take what is sent after its farewell, before it is given up. */
  private static final Duration TIME_AFTER_FAREWELL = Duration.ofSeconds(10);

  /** The same for a peer that has broken the rules. */
  private static final Duration TIME_AFTER_VIOLATION = Duration.ofSeconds(1);

  /**
   * As much of what has come is handed over at once if it is many small messages: all that is made
   * of it is still in the fastest of the caches when the program looks at it.
   */
  static final int PART = 8 << 10;

  /** The most bytes that small messages have on average, with their frames. */
  private static final int SMALL = 256;

  /** What this side still does. */
  private enum Sending {
    OPEN,
    /** Sends what there is, then says farewell. */
    CLOSING,
    SAID
  }

  private final NettyLoop loop;
  private final ByteStage stage;
  private final PipeCodec codec;
  private final PipeFacts facts;

  private @Nullable Inbound inbound;
  private @Nullable Outbound outbound;

  private Sending sending = Sending.OPEN;

  /** All that this side had to say, its farewell last, is with the system. */
  private boolean sent;

  private boolean draining;
  private boolean drainAgain;

  /** What this turn may still fill, or send of files instead. */
  private int arraysLeft;

  /** The peer will bring nothing more: our farewell is next, once the program has read that far. */
  private boolean ending;

  /** How the peer broke the rules, if that is why it is ending. */
  private @Nullable NetworkException violation;

  /** {@link #goAway} was called: the farewell says why. */
  private boolean goingAway;

  private int arraysAfterFarewell;
  private Loop.@Nullable Timer farewellDeadline;

  /** What came together with the end of the handshake. */
  private byte @Nullable [] early;

  private boolean wanted;
  private boolean delivering;
  private int lastBatch;

  /** The last that came, of what was long enough to be cut, were small messages. */
  private boolean smallMessages;

  /** {@link #close} was called: what arrives is dropped. */
  private boolean dropping;

  private boolean over;

  SocketPipe(NettyLoop loop, ByteStage stage, PipeCodec codec, PipeFacts facts) {
    this.loop = loop;
    this.stage = stage;
    this.codec = codec;
    this.facts = facts;
    stage.attach(this);
  }

  /** Puts bytes before those that the stage will bring. */
  void putBack(byte[] bytes) {
    early = bytes.length > 0 ? bytes : null;
  }

  /** Whether it has its two ends. */
  boolean isAttached() {
    return inbound != null;
  }

  @Override
  public NetworkPath path() {
    return facts.path();
  }

  @Override
  public Optional<SecurityMetadata> securityMetadata() {
    return facts.security();
  }

  @Override
  public Optional<HttpUpgrade> upgrade() {
    return facts.upgrade();
  }

  @Override
  public List<EstablishmentReport.Handshake> handshakes() {
    return facts.handshakes();
  }

  @Override
  public Optional<DataTransferReport.Tcp> tcp() {
    loop.assertInLoop();
    return facts.tcp().get();
  }

  @Override
  public boolean isMessageBased() {
    return codec.isMessageBased();
  }

  @Override
  public boolean sendsFrom(FileChannel file) {
    return stage.sendsFrom(file);
  }

  @Override
  public void attach(Inbound in, Outbound out) {
    loop.assertInLoop();
    if (inbound != null) {
      throw new IllegalStateException("attached already: " + facts.peer());
    }
    inbound = in;
    outbound = out;
  }

  private Inbound inbound() {
    if (inbound == null) {
      throw new IllegalStateException("attach comes first: " + facts.peer());
    }
    return inbound;
  }

  // Sending.

  @Override
  public void wakeUp() {
    loop.assertInLoop();
    drain();
  }

  @Override
  public void writable() {
    drain();
  }

  /**
   * Sends what there is, unless that is being done further down the stack; then it is done there.
   */
  private void drain() {
    if (draining || delivering) {
      drainAgain = true; // so that what many answers to one batch send becomes one write
      return;
    }
    draining = true;
    try {
      arraysLeft = ARRAYS_PER_TURN;
      do {
        drainAgain = false;
        if (arraysLeft-- <= 0) {
          loop.execute(this::drain);
          break;
        }
      } while (drainOnce() || drainAgain);
    } finally {
      draining = false;
    }
    settle();
  }

  /** Fills and sends one array; whether there may be more. */
  private boolean drainOnce() {
    if (over || outbound == null || sending == Sending.SAID || !stage.isWritable()) {
      return false;
    }
    if (ending && arraysAfterFarewell++ == ARRAYS_AFTER_FAREWELL) {
      codec.sayFarewell();
    }
    byte[] array = loop.arrays().borrow();
    int limit = NettyLoop.Arrays.DRAIN;
    int at = 0;
    boolean took = false;
    boolean full = false;
    FilePart file = null;
    ByteBuffer tail = null;
    try {
      while (true) {
        tail = stage.takesTails() ? codec.show(limit - at) : null;
        if (tail != null) {
          full = true;
          break;
        }
        at = codec.encode(array, at, limit);
        full = codec.hasOutput() || limit - at < Filling.LEAST_ROOM;
        if (full || codec.hasSaidFarewell()) {
          break;
        }
        Outgoing next = outbound.poll();
        took |= next != null;
        file = next == null ? null : next.file();
        if (file != null) {
          break;
        }
        if (next != null) {
          Filling filling = new Filling(codec, array, at, limit);
          next = filling.takes(next) ? outbound.pollInto(filling) : next;
          at = filling.end();
        }
        if (next != null) {
          codec.begin(next);
        } else if (sending == Sending.CLOSING && !outbound.isFetching()) {
          sayFarewell();
        } else {
          break;
        }
      }
      send(array, at, tail, file);
    } catch (NetworkException e) {
      fail(e);
      return false;
    } finally {
      loop.arrays().giveBack(array);
    }
    if (took) {
      outbound.taken();
    }
    return full || file != null;
  }

  /** Sends what was filled, and what follows it, as it lies or of a file. */
  private void send(byte[] array, int count, @Nullable ByteBuffer tail, @Nullable FilePart file) {
    if (tail != null) {
      stage.write(array, 0, count, tail);
    } else if (count > 0) {
      stage.write(array, 0, count);
    }
    if (file != null) {
      stage.write(file);
      arraysLeft -= file.length() / NettyLoop.Arrays.READ;
    }
    if ((count > 0 || tail != null || file != null) && !isLastWord()) {
      stage.flush();
    }
  }

  /**
   * Whether both sides have said farewell and this one goes first: then what the stages below have
   * to say at the end leaves together with the farewell, when {@link #settle} finishes.
   */
  private boolean isLastWord() {
    return codec.isMessageBased()
        && codec.hasSaidFarewell()
        && codec.hasHeardFarewell()
        && !codec.hasOutput()
        && !facts.peerClosesFirst();
  }

  private void sayFarewell() {
    if (goingAway) {
      codec.sayGoingAway();
    } else {
      codec.sayFarewell();
    }
  }

  // Receiving.

  @Override
  public void read() {
    loop.assertInLoop();
    inbound();
    wanted = true;
    if (!delivering) {
      pump();
    }
  }

  /** Asks the stage for bytes, if somebody waits for some. */
  private void pump() {
    if (over || ending || codec.hasHeardFarewell() || !(wanted || dropping)) {
      return;
    }
    if (early != null) {
      byte[] bytes = early;
      early = null;
      bytes(bytes, 0, bytes.length);
    } else {
      stage.read();
    }
  }

  @Override
  public void bytes(byte[] bytes, int from, int to) {
    int at = from;
    while (smallMessages && to - at > PART && violation == null && !over) {
      at += PART;
      List<Received> part = decode(bytes, at - PART, at);
      learn(part.size(), PART);
      handOver(part);
    }
    List<Received> rest = violation == null && !over ? decode(bytes, at, to) : List.of();
    if (at == from) {
      learn(rest.size(), to - from);
    }
    deliver(rest);
  }

  private void learn(int messages, int length) {
    lastBatch = messages;
    if (length >= PART) {
      smallMessages = codec.isMessageBased() && messages * SMALL >= length;
    }
  }

  private List<Received> decode(byte[] bytes, int from, int to) {
    List<Received> batch = new ArrayList<>(lastBatch);
    try {
      codec.decode(bytes, from, to, batch);
    } catch (NetworkException e) {
      violation = e;
    }
    return batch;
  }

  /** A stream of bytes is what its arrays bring: its own, or some that come back. */
  @Override
  public byte @Nullable [] arrayFor(int count) {
    if (codec.isMessageBased()) {
      return null;
    }
    boolean worthIt = count > SpareArrays.LEAST && count <= SpareArrays.LENGTH;
    boolean comesBack = worthIt && inbound != null && inbound.givesBack();
    return comesBack ? loop.spares().take() : new byte[count];
  }

  /** An array that is mostly empty is not kept. */
  @Override
  public void given(byte[] bytes, int count) {
    SpareArrays spares = loop.spares();
    boolean spare = bytes.length == SpareArrays.LENGTH;
    if (count > (spare ? SpareArrays.LEAST : bytes.length / 4 * 3)) {
      deliver(spare ? new LentBytes(bytes, count, spares) : batchOf(bytes, count));
    } else {
      bytes(bytes, 0, count);
      if (spare) {
        spares.accept(bytes);
      }
    }
  }

  private static List<Received> batchOf(byte[] bytes, int count) {
    List<Received> batch = new ArrayList<>(1);
    batch.add(Received.bytes(Payload.wrap(bytes).slice(0, count)));
    return batch;
  }

  @Override
  public void ended() {
    List<Received> batch = new ArrayList<>(1);
    NetworkException wrong = null;
    try {
      codec.ended(batch);
    } catch (NetworkException e) {
      wrong = e;
    }
    if (wrong == null) {
      deliver(batch);
    } else if (dropping && sent) {
      conclude(); // it did not answer the farewell, but it went after it
    } else {
      fail(wrong);
    }
  }

  private void handOver(List<Received> batch) {
    if (!batch.isEmpty() && !dropping) {
      wanted = false;
      delivering = true;
      try {
        inbound().content(batch);
      } finally {
        delivering = false;
      }
    }
  }

  private void deliver(List<Received> batch) {
    handOver(batch);
    if (over) {
      return;
    }
    if (violation != null || codec.isMessageBased() && codec.hasHeardFarewell()) {
      beginEnding();
    }
    if (drainAgain || codec.hasOutput() || sending == Sending.CLOSING) {
      drain();
    } else {
      settle();
    }
    pump();
  }

  // Ending.

  /**
   * RFC 6455, sections 5.5.1 and 7.1.7: a close frame is answered, a violation told by one. The
   * program may answer before that what came before; the peer need not read any of it.
   */
  private void beginEnding() {
    ending = true;
    if (sending == Sending.OPEN && !codec.hasSaidFarewell()) {
      inbound().ending(this::endSending);
    } else {
      endSending();
    }
  }

  private void endSending() {
    if (over) {
      return;
    }
    if (sending == Sending.OPEN) {
      sending = Sending.CLOSING;
    }
    if (farewellDeadline == null) {
      Duration time = violation == null ? TIME_AFTER_FAREWELL : TIME_AFTER_VIOLATION;
      farewellDeadline = loop.schedule(time, this::giveUp);
    }
    drain();
  }

  private void giveUp() {
    if (!over) {
      end();
      stage.abort();
      tellEnd();
    }
  }

  private void tellEnd() {
    if (violation != null) {
      inbound().failed(violation);
    } else {
      inbound().closed();
    }
  }

  /** From here on, nothing happens any more. */
  private void end() {
    over = true;
    if (farewellDeadline != null) {
      farewellDeadline.cancel();
    }
  }

  @Override
  public void close() {
    loop.assertInLoop();
    if (over || dropping) {
      return;
    }
    dropping = true;
    if (ending) {
      endSending();
      return;
    }
    if (sending == Sending.OPEN) {
      sending = Sending.CLOSING;
    }
    drain();
    if (!delivering) { // what has been read already may hold the peer's farewell
      pump();
    }
  }

  @Override
  public void goAway() {
    loop.assertInLoop();
    goingAway |= !dropping; // what close has begun goes on as it is
    close();
  }

  /** Looks whether this side, or both sides, have said farewell. */
  private void settle() {
    if (over) {
      return;
    }
    if (sending != Sending.SAID && codec.hasSaidFarewell()) {
      sending = Sending.SAID;
      if (!codec.isMessageBased() || isLastWord()) {
        stage.finish(); // the end of the stream is the farewell, or follows it
      }
      stage.whenSent(
          () -> {
            sent = true;
            settle();
          });
    }
    if (!over && sent && (codec.hasHeardFarewell() || violation != null)) {
      conclude();
    }
  }

  private void conclude() {
    end();
    stage.leave(facts.peerClosesFirst());
    tellEnd();
  }

  /** Ends it since {@code cause} happened; the codec may have something to tell the peer first. */
  private void fail(NetworkException cause) {
    if (codec.hasOutput()) {
      byte[] array = loop.arrays().borrow();
      stage.write(array, 0, codec.encode(array, 0, array.length));
      stage.flush();
      loop.arrays().giveBack(array);
    }
    end();
    stage.leave(false);
    inbound().failed(cause);
  }

  @Override
  public void failed(Throwable cause) {
    if (over) {
      return;
    }
    end();
    // After the peer's close frame it need not take anything any more.
    if (violation != null) {
      inbound().failed(violation);
    } else if (dropping && sent || codec.isMessageBased() && codec.hasHeardFarewell()) {
      inbound().closed();
    } else {
      inbound().failed(SocketErrors.lost(facts.peer(), cause));
    }
  }

  @Override
  public void abort() {
    loop.assertInLoop();
    if (over) {
      return;
    }
    end();
    if (sent) {
      stage.leave(false); // a reset could destroy what the peer has not read yet
    } else {
      stage.abort();
    }
  }
}
