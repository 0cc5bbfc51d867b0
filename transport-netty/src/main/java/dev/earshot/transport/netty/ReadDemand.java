package dev.earshot.transport.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * Whether a socket may be read now: its channel asks here for a buffer before each read.
 *
 * <p>Switching automatic reading off does not suffice. When the peer finishes, epoll's channel
 * reads all that is left, asked or not, and what the system has buffered may be tens of megabytes.
 * So a buffer is refused while nobody has asked for bytes; the channel takes that as a failed read
 * and reports {@link #REFUSED}, which the pipeline ignores.
 *
 * <p>The second refusal in a row is let through once. Level-triggered, it means an error on the
 * socket, which only a read can bring to light; at most one buffer of content comes with it.
 */
final class ReadDemand extends AdaptiveRecvByteBufAllocator {
  /** What the channel reports when it was refused a buffer. */
  static final RuntimeException REFUSED = new Refused();

  private static final int FIRST_BUFFER = 2 << 10;
  private static final int LARGEST_BUFFER = NettyLoop.Arrays.READ;

  private boolean wanted;
  private int refusals;

  ReadDemand() {
    super(DEFAULT_MINIMUM, FIRST_BUFFER, LARGEST_BUFFER);
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
    return new Gate((ExtendedHandle) super.newHandle());
  }

  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refused() {
      super("nobody asked for bytes", null, false, false);
    }
  }

  @SuppressWarnings("deprecation") // the interface's own supertype
  private final class Gate implements ExtendedHandle {
    private final ExtendedHandle sizes;

    Gate(ExtendedHandle sizes) {
      this.sizes = sizes;
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator alloc) {
      if (!wanted && ++refusals != 2) {
        throw REFUSED;
      }
      return sizes.allocate(alloc);
    }

    @Override
    public int guess() {
      return sizes.guess();
    }

    @Override
    public void reset(ChannelConfig config) {
      sizes.reset(config);
    }

    @Override
    public void incMessagesRead(int count) {
      sizes.incMessagesRead(count);
    }

    @Override
    public void lastBytesRead(int bytes) {
      sizes.lastBytesRead(bytes);
    }

    @Override
    public int lastBytesRead() {
      return sizes.lastBytesRead();
    }

    @Override
    public void attemptedBytesRead(int bytes) {
      sizes.attemptedBytesRead(bytes);
    }

    @Override
    public int attemptedBytesRead() {
      return sizes.attemptedBytesRead();
    }

    @Override
    public boolean continueReading() {
      return sizes.continueReading();
    }

    @Override
    public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
      return sizes.continueReading(maybeMoreData);
    }

    @Override
    public void readComplete() {
      sizes.readComplete();
    }
  }
}
