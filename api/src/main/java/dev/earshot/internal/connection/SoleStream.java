package dev.earshot.internal.connection;

import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.Received;
import dev.earshot.spi.Arrival;
import dev.earshot.spi.Dial;
import dev.earshot.spi.GroupPipe;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Outgoing;
import dev.earshot.spi.Pipe;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings about a group with one stream, which together are one connection. What the peer opens in
 * it is refused.
 */
@LoopConfined
final class SoleStream implements Attempt {
  private final Loop loop;
  private final Dial.Events owner;
  private final Attempt group;
  private @Nullable GroupPipe carrier;
  private @Nullable Dial dial;
  private boolean over;

  /** Begins with the attempt to bring the group about. */
  SoleStream(Loop loop, Dial.Events owner, Maker maker) {
    this.loop = loop;
    this.owner = owner;
    this.group = maker.make(new GroupEvents());
  }

  /** Makes the attempt to bring a group about. */
  interface Maker {
    Attempt make(Dial.Events events);
  }

  @Override
  public void begin() {
    group.begin();
  }

  @Override
  public void cancel() {
    over = true;
    group.cancel();
    if (dial != null) {
      dial.cancel();
    }
    if (carrier != null) {
      carrier.abort();
    }
  }

  @Override
  public void cancelCurrentEndpoint() {
    group.cancelCurrentEndpoint();
  }

  @Override
  public Trace trace() {
    return group.trace();
  }

  @Override
  public String stage() {
    return carrier == null ? group.stage() : "opening a stream";
  }

  private void failed(NetworkException cause) {
    if (!over) {
      over = true;
      if (carrier != null) {
        carrier.abort();
      }
      owner.failed(cause);
    }
  }

  /** What becomes of the group. */
  private final class GroupEvents implements Dial.Events {
    @Override
    public void connected(NetworkPath path) {
      owner.connected(path);
    }

    @Override
    public void ready(Pipe pipe) {
      GroupPipe established = GroupTrunk.requireGroup(pipe);
      carrier = established;
      Carrier ends = new Carrier();
      established.attach(ends, ends);
      established.accept(ends);
      dial = established.openStream(new StreamEvents(established));
    }

    @Override
    public void failed(NetworkException cause) {
      SoleStream.this.failed(cause);
    }
  }

  /** What becomes of the stream. */
  private final class StreamEvents implements Dial.Events {
    private final GroupPipe established;

    StreamEvents(GroupPipe established) {
      this.established = established;
    }

    @Override
    public void connected(NetworkPath path) {
      // The group was connected before.
    }

    @Override
    public void ready(Pipe pipe) {
      if (!over) {
        over = true;
        owner.ready(new SolePipe(loop, established, pipe));
      }
    }

    @Override
    public void failed(NetworkException cause) {
      SoleStream.this.failed(cause);
    }
  }

  /** The ends of a group that carries nothing, and whose only stream hears of everything first. */
  @LoopConfined
  private final class Carrier implements Pipe.Inbound, Pipe.Outbound, GroupPipe.Streams {
    @Override
    public void content(List<Received> batch) {
      throw new IllegalStateException("a group has no content");
    }

    @Override
    public void ending(Runnable goOn) {
      goOn.run();
    }

    @Override
    public void moved(NetworkPath path) {
      // Who is dialled does not move (RFC 9000, section 9).
    }

    @Override
    public void closed() {
      // The stream, or its dial, has been told.
    }

    @Override
    public void failed(NetworkException cause) {
      // The stream, or its dial, has been told.
    }

    @Override
    public @Nullable Outgoing poll() {
      return null;
    }

    @Override
    public void taken() {
      // There was nothing.
    }

    @Override
    public void arrived(Arrival stream) {
      stream.refuse();
    }

    @Override
    public void permitted() {
      // One is enough.
    }
  }
}
