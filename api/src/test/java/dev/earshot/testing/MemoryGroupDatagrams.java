package dev.earshot.testing;

import dev.earshot.ConnectionLostException;
import dev.earshot.ContentMetadata;
import dev.earshot.DatagramCounts;
import dev.earshot.HttpUpgrade;
import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.Payload;
import dev.earshot.QuicOptions;
import dev.earshot.Received;
import dev.earshot.SecurityMetadata;
import dev.earshot.UnsupportedException;
import dev.earshot.spi.Dial;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Outgoing;
import dev.earshot.spi.Pipe;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The datagrams of a {@link MemoryGroup}, at one of its ends: they suffer what the group's link
 * suffers, and what datagrams suffer on a {@link MemoryWire}. What is not read waits, the newest
 * {@value #MOST_WAITING} of it.
 */
@LoopConfined
final class MemoryGroupDatagrams implements Pipe {
  private static final int LARGEST = 1_200;
  private static final int MOST_WAITING = 64;

  private final MemoryPipe carrier;
  private final int largest;
  private final boolean wantedHere;
  private final ArrayDeque<Received> waiting = new ArrayDeque<>();
  private final AtomicLong dropped = new AtomicLong();
  private @Nullable MemoryGroupDatagrams other;
  private @Nullable Inbound inbound;
  private @Nullable Outbound outbound;
  private @Nullable NetworkException end;
  private boolean wanted;
  private volatile boolean over;

  MemoryGroupDatagrams(MemoryPipe carrier, QuicOptions ours, QuicOptions theirs) {
    this.carrier = carrier;
    wantedHere = ours.datagrams();
    largest = Math.min(LARGEST, Math.min(ours.maximumDatagramSize(), theirs.maximumDatagramSize()));
  }

  void meet(MemoryGroupDatagrams peer) {
    other = peer;
  }

  Dial open(Dial.Events events) {
    Opening opening = new Opening(events);
    carrier.loop().execute(opening::begin);
    return opening;
  }

  /** The group has ended for {@code cause}. */
  void fail(NetworkException cause) {
    end = cause;
    Inbound told = inbound;
    if (over) {
      return;
    }
    if (told != null && !waiting.isEmpty()) {
      told.content(takeAll());
    }
    abort();
    if (told != null) {
      told.failed(cause);
    }
  }

  /** The group was aborted: nobody is told. */
  void drop() {
    end = new ConnectionLostException("datagrams with " + carrier + ": aborted");
    abort();
  }

  private void arrive(byte[] datagram) {
    carrier.loop().assertInLoop();
    if (over || !wantedHere) {
      return;
    }
    waiting.add(Received.message(Payload.wrap(datagram), ContentMetadata.DATAGRAM));
    if (waiting.size() > MOST_WAITING) {
      waiting.remove();
      dropped.incrementAndGet();
    }
    deliver();
  }

  private void deliver() {
    Inbound to = inbound;
    if (wanted && to != null && !over && !waiting.isEmpty()) {
      wanted = false;
      to.content(takeAll());
    }
  }

  private List<Received> takeAll() {
    List<Received> batch = new ArrayList<>(waiting);
    waiting.clear();
    return batch;
  }

  private void drain() {
    Outbound from = outbound;
    if (from == null || over) {
      return;
    }
    for (Outgoing next = from.poll(); next != null; next = from.poll()) {
      send(next.content().toByteArray());
    }
    from.taken();
  }

  private void send(byte[] datagram) {
    MemoryGroupDatagrams to = other;
    if (to != null) {
      MemoryWire wire = carrier.link().wire();
      MemoryLane lane = carrier.link().laneFrom(carrier);
      wire.datagrams()
          .suffer(
              datagram,
              wire.latency(),
              (content, late) -> lane.sendLoose(late, () -> to.arrive(content)));
    }
  }

  @Override
  public void attach(Inbound in, Outbound out) {
    carrier.loop().assertInLoop();
    if (inbound != null) {
      throw new IllegalStateException("attached twice");
    }
    inbound = in;
    outbound = out;
    carrier.link().wire().add(this);
  }

  @Override
  public void wakeUp() {
    carrier.loop().assertInLoop();
    drain();
  }

  @Override
  public void read() {
    carrier.loop().assertInLoop();
    wanted = true;
    carrier.loop().execute(this::deliver);
  }

  @Override
  public void close() {
    carrier.loop().assertInLoop();
    drain();
    Inbound told = inbound;
    if (!over && told != null) {
      abort();
      told.closed();
    }
  }

  @Override
  public void abort() {
    carrier.loop().assertInLoop();
    if (!over) {
      over = true;
      waiting.clear();
      carrier.link().wire().remove(this);
    }
  }

  @Override
  public NetworkPath path() {
    return carrier.path();
  }

  @Override
  public Optional<SecurityMetadata> securityMetadata() {
    return carrier.securityMetadata();
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
    return over ? 0 : largest;
  }

  @Override
  public DatagramCounts datagramCounts() {
    return new DatagramCounts(0, dropped.get(), 0, 0);
  }

  @Override
  public String toString() {
    return "datagrams with " + carrier;
  }

  /** Looks whether both ends have datagrams. */
  private final class Opening implements Dial {
    private final Events events;
    private boolean cancelled;

    Opening(Events events) {
      this.events = events;
    }

    void begin() {
      NetworkException ended = end;
      if (cancelled) {
        return;
      }
      if (ended != null) {
        events.failed(ended);
      } else if (largest == 0) {
        events.failed(new UnsupportedException("datagrams with " + carrier + ": off on one side"));
      } else {
        events.ready(MemoryGroupDatagrams.this);
      }
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }
}
