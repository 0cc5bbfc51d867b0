package dev.earshot.internal.connection;

import dev.earshot.DataTransferReport;
import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.Parameters;
import dev.earshot.internal.path.LinkTable;
import dev.earshot.spi.Dial;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Pipe;
import java.util.concurrent.Executor;

/** A group's side: that of a connection whose pipe carries streams instead of content. */
@LoopConfined
final class GroupSide implements Side {
  private final Side inner;
  private final GroupStreams streams;

  /** The same as {@code inner}, with {@code streams} over it. */
  GroupSide(Side inner, GroupStreams streams) {
    this.inner = inner;
    this.streams = streams;
  }

  @Override
  public Endpoint endpoint() {
    return inner.endpoint();
  }

  @Override
  public Parameters parameters() {
    return inner.parameters();
  }

  @Override
  public LinkTable links() {
    return inner.links();
  }

  @Override
  public Executor workers() {
    return inner.workers();
  }

  @Override
  public Attempt attempt(Dial.Events events) {
    return inner.attempt(new Establishing(events));
  }

  @Override
  public boolean holdsFromTheStart() {
    return inner.holdsFromTheStart();
  }

  @Override
  public boolean mayWait() {
    return inner.mayWait();
  }

  @Override
  public void refuse() {
    inner.refuse();
  }

  @Override
  public void handshakeOver() {
    inner.handshakeOver();
  }

  @Override
  public DataTransferReport withParts(DataTransferReport own) {
    return streams.addedTo(own);
  }

  @Override
  public void ended() {
    streams.ended();
    inner.ended();
  }

  /** Puts the streams between a group's pipe and its owner. */
  private final class Establishing implements Dial.Events {
    private final Dial.Events owner;

    Establishing(Dial.Events owner) {
      this.owner = owner;
    }

    @Override
    public void connected(NetworkPath path) {
      owner.connected(path);
    }

    @Override
    public void ready(Pipe pipe) {
      GroupTrunk trunk = new GroupTrunk(GroupTrunk.requireGroup(pipe), streams);
      owner.ready(trunk);
    }

    @Override
    public void failed(NetworkException cause) {
      owner.failed(cause);
    }
  }
}
