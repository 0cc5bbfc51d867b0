package dev.earshot.testing;

import dev.earshot.ConnectionLostException;
import dev.earshot.ContentMetadata;
import dev.earshot.EstablishmentReport.Handshake;
import dev.earshot.HttpUpgrade;
import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SecurityMetadata;
import dev.earshot.spi.FilePart;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Outgoing;
import dev.earshot.spi.Pipe;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection in memory.
 *
 * <p>At most {@link MemoryWire#capacity} bytes are on their way or unread at the other end; what is
 * sent beyond that stays where it is. Bytes arrive in other pieces than they were sent in, and what
 * is asked for comes sometimes inside the call that asks and sometimes later, as the seed has it.
 */
@LoopConfined
final class MemoryPipe implements Pipe {
  private static final int BATCH = 64;
  private static final int NORMAL_CLOSURE = 1000;
  private static final int GOING_AWAY = 1001;

  private final MemoryLink link;
  private final long number;
  private final Loop loop;
  private final NetworkPath path;
  private final MemoryLane out;
  private final ArrayDeque<Received> arrived = new ArrayDeque<>();
  private @Nullable MemoryPipe peer;
  private volatile MemoryAgreement agreement = MemoryAgreement.BYTES;
  private Runnable lostEarly = () -> {};
  private Runnable whenOver = () -> {};
  private @Nullable Inbound inbound;
  private @Nullable Outbound outbound;
  private volatile boolean up;
  private int credit;
  private boolean readAsked;
  private boolean draining;
  private boolean closing;
  private int closeCode = NORMAL_CLOSURE;
  private boolean finished;
  private boolean endArrived;
  private boolean endDelivered;
  private boolean truncating;
  private boolean over;

  MemoryPipe(MemoryLink link, Loop loop, NetworkPath path, MemoryLane out) {
    this.link = link;
    this.number = link.wire().nextNumber();
    this.loop = loop;
    this.path = path;
    this.out = out;
    this.credit = link.wire().capacity();
  }

  void meet(MemoryPipe other) {
    peer = other;
  }

  MemoryLink link() {
    return link;
  }

  long number() {
    return number;
  }

  Loop loop() {
    return loop;
  }

  boolean isUp() {
    return up;
  }

  boolean isOver() {
    return over;
  }

  /** What to do if it is lost before anything is attached. */
  void whenLostEarly(Runnable action) {
    lostEarly = action;
  }

  /** What to do when it is over. */
  void whenOver(Runnable action) {
    whenOver = action;
  }

  void agree(MemoryAgreement settled) {
    agreement = settled;
  }

  @Override
  public NetworkPath path() {
    return path;
  }

  @Override
  public Optional<SecurityMetadata> securityMetadata() {
    return agreement.security();
  }

  @Override
  public List<Handshake> handshakes() {
    return agreement.handshakes();
  }

  @Override
  public Optional<HttpUpgrade> upgrade() {
    return agreement.upgrade();
  }

  @Override
  public boolean isMessageBased() {
    return agreement.messageBased();
  }

  @Override
  public void attach(Inbound in, Outbound sendQueue) {
    loop.assertInLoop();
    if (inbound != null) {
      throw new IllegalStateException("attached twice");
    }
    inbound = in;
    outbound = sendQueue;
    up = true;
    link.wire().add(this);
    link.attached();
  }

  @Override
  public void wakeUp() {
    loop.assertInLoop();
    drain();
  }

  @Override
  public void read() {
    loop.assertInLoop();
    if (readAsked || over) {
      return;
    }
    readAsked = true;
    if (link.wire().coin()) {
      deliver();
    } else {
      loop.execute(this::deliver);
    }
  }

  @Override
  public void close() {
    loop.assertInLoop();
    closing = true;
    int dropped = arrived.stream().mapToInt(received -> received.content().length()).sum();
    arrived.clear();
    giveCredit(dropped);
    endDelivered = endArrived;
    drain();
    endIfBothSaidFarewell();
  }

  @Override
  public void goAway() {
    closeCode = GOING_AWAY;
    close();
  }

  @Override
  public void abort() {
    loop.assertInLoop();
    if (!over) {
      end();
      out.send(() -> partner().reset());
    }
  }

  /** Says farewell and is over, without waiting for the other end's. */
  void leave() {
    loop.assertInLoop();
    if (!over) {
      finish();
      if (!over) {
        end();
      }
    }
  }

  // ---- what the other end does, on this end's loop

  private void reset() {
    fail(new ConnectionLostException("connection with " + this + ": reset by peer"));
  }

  void fail(NetworkException cause) {
    if (over) {
      return;
    }
    end();
    if (inbound != null) {
      inbound.failed(cause);
    } else {
      lostEarly.run();
    }
  }

  void peerFinished() {
    peerFinished(Received.end(farewell()));
  }

  private void peerFinished(Received end) {
    if (over || endArrived) {
      return;
    }
    endArrived = true;
    if (closing) {
      endDelivered = true;
      endIfBothSaidFarewell();
    } else {
      arrived.add(end);
      deliver();
    }
  }

  private void receive(Outgoing sent) {
    int length = sent.content().length();
    if (over || closing || endArrived) {
      giveCredit(length);
      return;
    }
    if (truncating) {
      truncate(sent.content());
      return;
    }
    if (isMessageBased()) {
      arrived.add(Received.message(sent.content(), sent.options().metadata()));
    } else if (length > 0) {
      addInPieces(sent.content());
    }
    deliver();
  }

  /** The next content to arrive loses its end, and then the connection is lost. */
  void truncateNext() {
    truncating = true;
  }

  private void truncate(Payload content) {
    if (!isMessageBased() && content.length() > 1) {
      arrived.add(Received.bytes(content.slice(0, content.length() / 2)));
      deliver();
    }
    fail(new ConnectionLostException("connection with " + this + ": ended within a message"));
  }

  private void addInPieces(Payload content) {
    int from = 0;
    while (from < content.length()) {
      int count = link.wire().pieceOf(content.length() - from);
      arrived.add(Received.bytes(content.slice(from, count)));
      from += count;
    }
  }

  private void credited(int bytes) {
    credit += bytes;
    drain();
  }

  // ---- what this end does

  private void drain() {
    if (over || finished || outbound == null || draining) {
      return;
    }
    draining = true;
    boolean any = false;
    while (credit > 0 && !finished && !over) {
      Outgoing next = outbound.poll();
      if (next == null) {
        if (closing && !outbound.isFetching()) {
          finish();
        }
        break;
      }
      any = true;
      FilePart file = next.file();
      if (file == null) {
        transmit(next);
      } else {
        transmit(file);
      }
    }
    draining = false;
    if (any) {
      outbound.taken();
    }
  }

  private void transmit(Outgoing next) {
    if (isMessageBased() && isClose(next.options().metadata())) {
      Received end = new Received(next.content(), next.options().metadata(), false, true);
      finish(() -> partner().peerFinished(end));
      return;
    }
    int length = next.content().length();
    boolean last = next.options().finalMessage();
    if (!last || length > 0) {
      credit -= length;
      out.send(() -> partner().receive(next));
    }
    if (last) {
      finish();
    }
  }

  /** What this computer reads, it sends as any content; the system has it at once, or later. */
  private void transmit(FilePart file) {
    Payload content;
    try {
      content = MemoryFile.read(file);
    } catch (IOException cause) {
      file.failed(cause);
      return;
    }
    transmit(new MemoryFile(content));
    if (link.wire().coin()) {
      file.sent();
    } else {
      loop.execute(
          () -> {
            if (!over) {
              file.sent();
            }
          });
    }
  }

  @Override
  public boolean sendsFrom(FileChannel file) {
    return link.wire().sendsFiles();
  }

  /** Says that nothing more comes. */
  void finish() {
    Received end = Received.end(farewell());
    finish(() -> partner().peerFinished(end));
  }

  private void finish(Runnable farewell) {
    if (!finished && !over) {
      finished = true;
      out.send(farewell);
      endIfBothSaidFarewell();
    }
  }

  private static boolean isClose(ContentMetadata metadata) {
    return metadata instanceof ContentMetadata.WebSocket about
        && about.opcode() == ContentMetadata.Opcode.CLOSE;
  }

  private void deliver() {
    if (!readAsked || over || arrived.isEmpty() || inbound == null) {
      return;
    }
    readAsked = false;
    List<Received> batch = new ArrayList<>();
    int bytes = 0;
    while (batch.size() < BATCH && !arrived.isEmpty()) {
      Received next = arrived.remove();
      bytes += next.content().length();
      endDelivered |= next.endOfStream();
      batch.add(next);
    }
    giveCredit(bytes);
    hand(batch, inbound);
    if (endDelivered && isMessageBased() && !finished) {
      inbound.ending(this::answerFarewell);
    }
    endIfBothSaidFarewell();
  }

  private void hand(List<Received> batch, Inbound to) {
    if (!to.givesBack()) {
      to.content(batch);
      return;
    }
    for (int i = 0; i < batch.size() && !over; i++) {
      to.content(link.wire().lentPieces().batchOf(batch.get(i)));
    }
  }

  /** RFC 6455 section 5.5.1: a close frame is answered with one, after what was taken. */
  private void answerFarewell() {
    closing = true;
    drain();
  }

  private void giveCredit(int bytes) {
    if (bytes > 0) {
      out.send(() -> partner().credited(bytes));
    }
  }

  private void endIfBothSaidFarewell() {
    if (finished && endDelivered && !over) {
      end();
      if (inbound != null) {
        inbound.closed();
      }
    }
  }

  private void end() {
    over = true;
    arrived.clear();
    link.wire().remove(this);
    whenOver.run();
  }

  private ContentMetadata farewell() {
    return isMessageBased()
        ? new ContentMetadata.WebSocket(ContentMetadata.Opcode.CLOSE, OptionalInt.of(closeCode))
        : ContentMetadata.NONE;
  }

  /** The other end. */
  MemoryPipe partner() {
    if (peer == null) {
      throw new IllegalStateException("no other end");
    }
    return peer;
  }

  @Override
  public String toString() {
    return path.remoteEndpoint().map(Object::toString).orElse("nobody");
  }
}
