package dev.earshot.internal.connection;

import dev.earshot.HttpUpgrade;
import dev.earshot.NetworkPath;
import dev.earshot.SecurityMetadata;
import dev.earshot.spi.GroupPipe;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Pipe;
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
    pipe.attach(inbound, outbound);
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
  public Optional<HttpUpgrade> upgrade() {
    return pipe.upgrade();
  }

  @Override
  public boolean isMessageBased() {
    return true; // it carries nothing itself, so a framer, which is for streams, has no work here
  }
}
