package dev.earshot.internal.connection;

import dev.earshot.EstablishmentReport.Handshake;
import dev.earshot.HttpUpgrade;
import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.Received;
import dev.earshot.SecurityMetadata;
import dev.earshot.spi.GroupPipe;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Pipe;
import java.util.List;
import java.util.Optional;

/** A group's pipe that ends the streams before it ends itself. */
@LoopConfined
final class GroupTrunk implements Pipe {
  private final GroupPipe pipe;
  private final GroupStreams streams;
  private boolean closing;

  GroupTrunk(GroupPipe pipe, GroupStreams streams) {
    this.pipe = pipe;
    this.streams = streams;
  }

  /** What {@code pipe} has to be where a group was asked for. */
  static GroupPipe requireGroup(Pipe pipe) {
    if (pipe instanceof GroupPipe group) {
      return group;
    }
    pipe.abort();
    throw new IllegalStateException(pipe + " is no group: a mistake of the transport");
  }

  @Override
  public void attach(Inbound inbound, Outbound outbound) {
    pipe.attach(new Ends(inbound), outbound);
    pipe.accept(streams);
    streams.established(pipe);
  }

  @Override
  public void close() {
    closing = true;
    streams.close(pipe::close);
  }

  @Override
  public void abort() {
    streams.abort();
    if (closing) {
      pipe.leave();
    } else {
      pipe.abort();
    }
  }

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
    return pipe.path();
  }

  @Override
  public Optional<SecurityMetadata> securityMetadata() {
    return pipe.securityMetadata();
  }

  @Override
  public List<Handshake> handshakes() {
    return pipe.handshakes();
  }

  @Override
  public Optional<HttpUpgrade> upgrade() {
    return pipe.upgrade();
  }

  @Override
  public boolean isMessageBased() {
    return true; // it carries nothing itself, so a framer, which is for streams, has no work here
  }

  /** Tells the streams what is told to the group and concerns them. */
  private final class Ends implements Inbound {
    private final Inbound group;

    Ends(Inbound group) {
      this.group = group;
    }

    @Override
    public void content(List<Received> batch) {
      group.content(batch);
    }

    @Override
    public void ending(Runnable goOn) {
      group.ending(goOn);
    }

    @Override
    public void moved(NetworkPath path) {
      group.moved(path);
      streams.moved(path);
    }

    @Override
    public void closed() {
      group.closed();
    }

    @Override
    public void failed(NetworkException cause) {
      group.failed(cause);
    }
  }
}
