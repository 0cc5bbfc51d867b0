package dev.earshot.internal.connection;

import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.spi.Dial;
import dev.earshot.spi.GroupPipe;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Pipe;
import org.jspecify.annotations.Nullable;

/** Opens one connection of a group, as soon as the group is ready. */
@LoopConfined
final class StreamAttempt implements Attempt, Dial.Events {
  private final GroupStreams streams;
  private final Endpoint endpoint;
  private final StreamSide.Kind kind;
  private final Dial.Events owner;
  private @Nullable Dial dial;
  private boolean over;

  StreamAttempt(GroupStreams streams, Endpoint endpoint, StreamSide.Kind kind, Dial.Events owner) {
    this.streams = streams;
    this.endpoint = endpoint;
    this.kind = kind;
    this.owner = owner;
  }

  @Override
  public void begin() {
    streams.begin(this);
  }

  /** The group is ready. */
  void open(GroupPipe group) {
    if (!over) {
      dial = kind == StreamSide.Kind.DATAGRAMS ? group.openDatagrams(this) : group.openStream(this);
    }
  }

  @Override
  public void cancel() {
    over = true;
    streams.forget(this);
    if (dial != null) {
      dial.cancel();
    }
  }

  @Override
  public void cancelCurrentEndpoint() {
    // It is the group that has addresses.
  }

  @Override
  public Trace trace() {
    return Trace.NONE; // it is the group that is dialled
  }

  @Override
  public String stage() {
    return dial == null ? "waiting for the group with " + endpoint : "opening a stream";
  }

  @Override
  public void connected(NetworkPath path) {
    // The group is connected already.
  }

  @Override
  public void ready(Pipe pipe) {
    if (over) {
      pipe.abort();
    } else {
      over = true;
      owner.ready(pipe);
    }
  }

  @Override
  public void failed(NetworkException cause) {
    if (!over) {
      over = true;
      owner.failed(cause);
    }
  }
}
