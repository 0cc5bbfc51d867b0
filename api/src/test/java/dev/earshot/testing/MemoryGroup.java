package dev.earshot.testing;

import dev.earshot.ConnectionLostException;
import dev.earshot.EstablishmentReport.Handshake;
import dev.earshot.HttpUpgrade;
import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.QuicOptions;
import dev.earshot.Received;
import dev.earshot.SecurityMetadata;
import dev.earshot.UnreachableException;
import dev.earshot.spi.Arrival;
import dev.earshot.spi.Dial;
import dev.earshot.spi.GroupPipe;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Pipe;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One end of a group in memory: a {@link MemoryPipe} that carries nothing, and on the same link as
 * many as there are streams, and the datagrams. The other end learns of a stream at once.
 */
@LoopConfined
final class MemoryGroup implements GroupPipe {
  private final MemoryPipe carrier;
  private final QuicOptions theirs;
  private final MemoryGroupDatagrams datagrams;
  private final List<MemoryPipe> opened = new ArrayList<>();
  private final List<MemoryPipe> streams = new ArrayList<>();
  private final ArrayDeque<Arrival> early = new ArrayDeque<>();

  /** What the next stream of this end's suffers, since there was none. */
  private @Nullable LinkFault waiting;

  private @Nullable MemoryGroup other;
  private @Nullable Streams events;
  private @Nullable NetworkException end;

  /** The end that {@code carrier} is; the other end is configured by {@code theirs}. */
  MemoryGroup(MemoryPipe carrier, QuicOptions ours, QuicOptions theirs) {
    this.carrier = carrier;
    this.theirs = theirs;
    this.datagrams = new MemoryGroupDatagrams(carrier, ours, theirs);
  }

  void meet(MemoryGroup peer) {
    other = peer;
    datagrams.meet(peer.datagrams);
  }

  Loop loop() {
    return carrier.loop();
  }

  /** Both ends of every stream that this end has opened suffer {@code fault}, or the next one. */
  void strikeStreams(LinkFault fault) {
    waiting = opened.isEmpty() ? fault : null;
    List.copyOf(opened).forEach(stream -> strikeBothEnds(stream, fault));
  }

  private static void strikeBothEnds(MemoryPipe stream, LinkFault fault) {
    MemoryPipe opposite = stream.partner();
    MemoryLink.strike(stream, fault);
    opposite.loop().execute(() -> MemoryLink.strike(opposite, fault));
  }

  @Override
  public void attach(Inbound inbound, Outbound outbound) {
    carrier.attach(new Ends(inbound), outbound);
    carrier.loop().execute(carrier::read); // the farewell
  }

  @Override
  public void accept(Streams value) {
    events = value;
    while (!early.isEmpty()) {
      value.arrived(early.remove());
    }
  }

  @Override
  public Dial openStream(Dial.Events who) {
    Opening opening = new Opening(who);
    carrier.loop().execute(opening::begin);
    return opening;
  }

  @Override
  public Dial openDatagrams(Dial.Events who) {
    return datagrams.open(who);
  }

  private void arrived(MemoryPipe stream) {
    streams.add(stream);
    Arrival arrival = new StreamArrival(stream);
    if (end != null) {
      stream.abort();
    } else if (events != null) {
      events.arrived(arrival);
    } else {
      early.add(arrival);
    }
  }

  /** A stream of this end's has ended: the other end permits another. */
  void ended(MemoryPipe stream) {
    streams.remove(stream);
    if (opened.remove(stream) && end == null && events != null) {
      Streams told = events;
      carrier.loop().execute(told::permitted);
    }
  }

  private void endStreams(NetworkException cause) {
    end = cause;
    datagrams.fail(cause);
    List.copyOf(streams).forEach(stream -> stream.fail(cause));
  }

  @Override
  public void close() {
    carrier.close();
  }

  @Override
  public void abort() {
    abortStreams();
    carrier.abort();
  }

  @Override
  public void leave() {
    abortStreams();
    carrier.leave();
  }

  private void abortStreams() {
    if (end == null) {
      end = new ConnectionLostException("group with " + carrier + ": aborted");
      datagrams.drop();
      List.copyOf(streams).forEach(MemoryPipe::abort);
    }
  }

  @Override
  public void wakeUp() {}

  @Override
  public void read() {}

  @Override
  public NetworkPath path() {
    return carrier.path();
  }

  @Override
  public Optional<SecurityMetadata> securityMetadata() {
    return carrier.securityMetadata();
  }

  @Override
  public List<Handshake> handshakes() {
    return carrier.handshakes();
  }

  @Override
  public Optional<HttpUpgrade> upgrade() {
    return Optional.empty();
  }

  @Override
  public boolean isMessageBased() {
    return false;
  }

  /** Ends the streams before the group. */
  private final class Ends implements Inbound {
    private final Inbound owner;

    Ends(Inbound owner) {
      this.owner = owner;
    }

    @Override
    public void content(List<Received> batch) {
      carrier.close(); // the peer's farewell, which is all that ever comes
    }

    @Override
    public void ending(Runnable goOn) {
      owner.ending(goOn);
    }

    @Override
    public void moved(NetworkPath path) {
      owner.moved(path);
    }

    @Override
    public void closed() {
      endStreams(new ConnectionLostException("group with " + carrier + ": closed"));
      owner.closed();
    }

    @Override
    public void failed(NetworkException cause) {
      endStreams(cause);
      owner.failed(cause);
    }
  }

  private final class Opening implements Dial {
    private final Events who;
    private boolean over;

    Opening(Events who) {
      this.who = who;
    }

    void begin() {
      MemoryGroup peer = other;
      if (over || peer == null) {
        return;
      }
      over = true;
      opened.removeIf(MemoryPipe::isOver);
      if (end != null) {
        who.failed(end);
      } else if (opened.size() >= theirs.maximumStreams()) {
        who.failed(new UnreachableException("the peer permits no more streams"));
      } else {
        MemoryLink.Pair pair = carrier.link().pair(carrier);
        opened.add(pair.here());
        streams.add(pair.here());
        pair.toThere().send(() -> peer.arrived(pair.there()));
        pair.here().whenOver(() -> ended(pair.here()));
        pair.there().whenOver(() -> peer.ended(pair.there()));
        who.ready(pair.here());
        LinkFault fault = waiting;
        waiting = null;
        if (fault != null) {
          strikeBothEnds(pair.here(), fault);
        }
      }
    }

    @Override
    public void cancel() {
      over = true;
    }
  }

  /** A stream that the other end has opened. */
  private static final class StreamArrival implements Arrival, Dial {
    private final MemoryPipe stream;
    private boolean over;

    StreamArrival(MemoryPipe stream) {
      this.stream = stream;
    }

    @Override
    public NetworkPath path() {
      return stream.path();
    }

    @Override
    public Loop loop() {
      return stream.loop();
    }

    @Override
    public Dial open(Dial.Events events) {
      stream
          .loop()
          .execute(
              () -> {
                if (!over && stream.isOver()) {
                  over = true;
                  events.failed(new ConnectionLostException("stream in memory: over"));
                } else if (!over) {
                  over = true;
                  Pipe pipe = stream;
                  events.ready(pipe);
                }
              });
      return this;
    }

    @Override
    public void refuse() {
      cancel();
    }

    @Override
    public void cancel() {
      if (!over) {
        over = true;
        stream.abort();
      }
    }
  }
}
