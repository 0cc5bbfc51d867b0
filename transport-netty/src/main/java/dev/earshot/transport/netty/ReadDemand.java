package dev.earshot.transport.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * Whether a socket may be read now: its channel asks here for a buffer before each read.
 *
 * <p>Switching automatic reading off does not suffice. When the peer finishes, epoll's channel
 * reads all that is left, asked or not, and what the system has buffered may be tens of megabytes.
 * So a buffer is refused while nobody has asked for bytes; the channel takes that as a failed read
 * and reports {@link #REFUSED}, which the pipeline ignores.
 *
 * <p>One call for its turn may read on as long as more is asked for, up to {@value #MOST} times, so
 * that a fast peer does not cost a look at the selector for each piece. All of a loop's sockets are
 * read to one buffer, since what it brings is copied out at once.
 *
 * <p>The second refusal in a row is let through once. Level-triggered, it means an error on the
 * socket, which only a read can bring to light; at most one buffer of content comes with it.
 */
final class ReadDemand extends DefaultMaxMessagesRecvByteBufAllocator {
  /** What the channel reports when it was refused a buffer. */
  static final RuntimeException REFUSED = new Refused();

  /** Reads in one turn, after which other sockets of the loop have theirs. */
  private static final int MOST = 16;

  private final KeptBuffer buffer;
  private boolean wanted;
  private int refusals;

  /** Nobody waits yet; what arrives is read to {@code buffer}. */
  ReadDemand(KeptBuffer buffer) {
    super(MOST);
    this.buffer = buffer;
  }

  /** Somebody waits for bytes. */
  void want() {
    wanted = true;
    refusals = 0;
  }

  /** Whether somebody waits for bytes. */
  boolean isWanted() {
    return wanted;
  }

  /** They have come. */
  void satisfy() {
    wanted = false;
  }

  @Override
  @SuppressWarnings("deprecation") // the interface's own return type
  public Handle newHandle() {
    return new Gate();
  }

  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refused() {
      super("nobody asked for bytes", null, false, false);
    }
  }

  private final class Gate extends MaxMessageHandle {
    private int reads;

    @Override
    public void reset(ChannelConfig config) {
      super.reset(config);
      reads = 0;
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator alloc) {
      if (!wanted && ++refusals != 2) {
        throw REFUSED;
      }
      reads++;
      return buffer.lend();
    }

    @Override
    public int guess() {
      return NettyLoop.Arrays.READ;
    }

    @Override
    public boolean continueReading() {
      return mayReadOn() && lastBytesRead() == attemptedBytesRead();
    }

    @Override
    public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
      return mayReadOn() && maybeMoreData.get();
    }

    private boolean mayReadOn() {
      return wanted && reads < MOST && lastBytesRead() > 0;
    }
  }
}
