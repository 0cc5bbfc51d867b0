package dev.earshot.internal.connection;

import dev.earshot.CancelledException;
import dev.earshot.Connection;
import dev.earshot.DataTransferReport;
import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.internal.path.LinkTable;
import dev.earshot.spi.Arrival;
import dev.earshot.spi.Discovery;
import dev.earshot.spi.GroupPipe;
import dev.earshot.spi.LinkFilter;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Transport;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a group: those that wait for it to be ready, those that are open, and how all
 * of them end with it.
 */
@LoopConfined
final class GroupStreams implements GroupPipe.Streams {
  private static final DataTransferReport NOTHING =
      new DataTransferReport(Duration.ZERO, 0, 0, 0, 0, Optional.empty(), Optional.empty());

  private final ConnectionHost house;
  private final Loop loop;
  private final LiveGroup group;

  /** Started, or handed over, and not ended. */
  private final Set<LiveConnection> open = new LinkedHashSet<>();

  private final Set<StreamAttempt> early = new LinkedHashSet<>();

  /** What those that have ended have carried; its other parts are not theirs. */
  private DataTransferReport past = NOTHING;

  private @Nullable GroupPipe pipe;

  /** Why there are no streams any more; null while there may be. */
  private @Nullable NetworkException end;

  /** What to do when the last has ended; null unless the group is being closed. */
  private @Nullable Runnable whenAllEnded;

  GroupStreams(ConnectionHost house, Loop loop, LiveGroup group) {
    this.house = house;
    this.loop = loop;
    this.group = group;
  }

  /** What the connections of the group need; counts them as the network's own does. */
  ConnectionHost host() {
    return new Counting();
  }

  /** Whether there may still be streams. */
  boolean isOver() {
    loop.assertInLoop();
    return end != null;
  }

  // ---- the group

  /** It is ready: those who waited for that go on. */
  void established(GroupPipe established) {
    loop.assertInLoop();
    pipe = established;
    List<StreamAttempt> waiting = List.copyOf(early);
    early.clear();
    waiting.forEach(attempt -> attempt.open(established));
  }

  /** It is over; whatever had a pipe has been told. May be said again. */
  void ended() {
    loop.assertInLoop();
    pipe = null;
    Connection.State state = group.state();
    if (state instanceof Connection.State.Failed failed) {
      fail(failed.cause());
    } else {
      abort();
    }
  }

  private void fail(NetworkException cause) {
    if (end == null) {
      end = cause;
    }
    List<StreamAttempt> waiting = List.copyOf(early);
    early.clear();
    waiting.forEach(attempt -> attempt.failed(cause));
    open.forEach(LiveConnection::restart); // those that wait for leave look again, and fail
  }

  /** The peer has moved: what is open is reached by {@code path} from now on. */
  void moved(NetworkPath path) {
    loop.assertInLoop();
    List.copyOf(open).forEach(stream -> stream.moved(path));
  }

  /** Cancels all streams, and runs {@code then} when they have ended. */
  void close(Runnable then) {
    loop.assertInLoop();
    CancelledException cause = cancelled();
    end = cause;
    whenAllEnded = then;
    List.copyOf(open).forEach(stream -> stream.endWithGroup(ConnectionMachine.Event.CANCEL, cause));
    settle();
  }

  /** Ends all streams at once. */
  void abort() {
    loop.assertInLoop();
    CancelledException cause = cancelled();
    end = cause;
    whenAllEnded = null;
    List.copyOf(open)
        .forEach(stream -> stream.endWithGroup(ConnectionMachine.Event.FORCE_CANCEL, cause));
  }

  private CancelledException cancelled() {
    return new CancelledException("a connection of the " + group + ": the group was cancelled");
  }

  private void settle() {
    Runnable then = whenAllEnded;
    if (then != null && open.isEmpty()) {
      whenAllEnded = null;
      then.run();
    }
  }

  // ---- GroupPipe.Streams

  @Override
  public void arrived(Arrival stream) {
    loop.assertInLoop();
    if (end != null) {
      stream.refuse();
      return;
    }
    group.handOver(LiveConnection.incoming(new Counting(), stream, group.parameters(), () -> {}));
  }

  @Override
  public void permitted() {
    loop.assertInLoop();
    for (LiveConnection stream : List.copyOf(open)) {
      if (stream.state() instanceof Connection.State.Waiting) {
        stream.restart();
      }
    }
  }

  // ---- the streams

  /** Opens a stream, now or when the group is ready. */
  void begin(StreamAttempt attempt) {
    loop.assertInLoop();
    NetworkException over = end;
    GroupPipe ready = pipe;
    if (over != null) {
      loop.execute(() -> attempt.failed(over));
    } else if (ready != null) {
      attempt.open(ready);
    } else {
      early.add(attempt);
    }
  }

  /** One that waited does so no more. */
  void forget(StreamAttempt attempt) {
    loop.assertInLoop();
    early.remove(attempt);
  }

  /**
   * {@code own}, the report of the group, with what its connections have carried. On the loop, or
   * once there is none any more.
   */
  DataTransferReport addedTo(DataTransferReport own) {
    DataTransferReport sum = sum(own, past);
    for (LiveConnection stream : open) {
      sum = sum(sum, stream.carried());
    }
    return sum;
  }

  private static DataTransferReport sum(DataTransferReport whole, DataTransferReport part) {
    return new DataTransferReport(
        whole.duration(),
        whole.bytesSent() + part.bytesSent(),
        whole.piecesSent() + part.piecesSent(),
        whole.bytesReceived() + part.bytesReceived(),
        whole.piecesReceived() + part.piecesReceived(),
        whole.path(),
        whole.tcp());
  }

  /** What a network is to its connections, for those of the group. */
  private final class Counting implements ConnectionHost {
    @Override
    public Transport transport() {
      return house.transport();
    }

    @Override
    public Discovery.Operation lookup(
        Endpoint to, LinkFilter filter, Discovery.ResolveEvents events) {
      return house.lookup(to, filter, events);
    }

    @Override
    public LinkTable links() {
      return house.links();
    }

    @Override
    public void reconfirm(Endpoint.Bonjour endpoint) {
      house.reconfirm(endpoint);
    }

    @Override
    public Executor fallbackQueue() {
      return house.fallbackQueue();
    }

    @Override
    public Executor workers() {
      return house.workers();
    }

    @Override
    public boolean made(LiveConnection connection) {
      return house.made(connection);
    }

    /** The loop hears of it before it hears of the start. */
    @Override
    public boolean opened(LiveConnection connection) {
      boolean taken = house.opened(connection);
      if (taken) {
        onLoop(() -> open.add(connection));
      }
      return taken;
    }

    @Override
    public void ended(LiveConnection connection) {
      house.ended(connection);
      onLoop(
          () -> {
            if (open.remove(connection)) {
              past = sum(past, connection.carried());
            }
            settle();
          });
    }

    private void onLoop(Runnable task) {
      if (loop.inLoop()) {
        task.run();
        return;
      }
      try {
        loop.execute(task);
      } catch (RejectedExecutionException closed) {
        // The network is closed, and has ended all of them.
        System.getLogger("dev.earshot")
            .log(System.Logger.Level.TRACE, "nobody counts streams any more", closed);
      }
    }
  }
}
