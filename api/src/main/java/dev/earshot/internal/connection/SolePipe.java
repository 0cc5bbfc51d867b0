package dev.earshot.internal.connection;

import dev.earshot.EstablishmentReport.Handshake;
import dev.earshot.HttpUpgrade;
import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.Received;
import dev.earshot.SecurityMetadata;
import dev.earshot.spi.GroupPipe;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Pipe;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A group's only stream, with which the group ends. */
@LoopConfined
final class SolePipe implements Pipe {
  /** How long the group lives on, so that what was sent last can be sent again if it was lost. */
  private static final Duration LINGER = Duration.ofSeconds(1);

  private final Loop loop;
  private final GroupPipe group;
  private final Pipe stream;
  private boolean closing;

  SolePipe(Loop loop, GroupPipe group, Pipe stream) {
    this.loop = loop;
    this.group = group;
    this.stream = stream;
  }

  @Override
  public void attach(Inbound inbound, Outbound outbound) {
    stream.attach(new Ending(inbound), outbound);
  }

  @Override
  public void wakeUp() {
    stream.wakeUp();
  }

  @Override
  public void read() {
    stream.read();
  }

  @Override
  public void close() {
    closing = true;
    stream.close();
  }

  @Override
  public void abort() {
    stream.abort();
    if (closing) {
      group.leave();
    } else {
      group.abort();
    }
  }

  @Override
  public NetworkPath path() {
    return group.path();
  }

  @Override
  public Optional<SecurityMetadata> securityMetadata() {
    return group.securityMetadata();
  }

  @Override
  public List<Handshake> handshakes() {
    return group.handshakes();
  }

  @Override
  public Optional<HttpUpgrade> upgrade() {
    return stream.upgrade();
  }

  @Override
  public boolean isMessageBased() {
    return stream.isMessageBased();
  }

  @Override
  public boolean sendsFrom(FileChannel file) {
    return stream.sendsFrom(file);
  }

  /** Ends the group after the stream. */
  private final class Ending implements Inbound {
    private final Inbound owner;

    Ending(Inbound owner) {
      this.owner = owner;
    }

    @Override
    public void content(List<Received> batch) {
      owner.content(batch);
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
      loop.schedule(LINGER, group::leave);
      owner.closed();
    }

    @Override
    public void failed(NetworkException cause) {
      group.abort();
      owner.failed(cause);
    }
  }
}
