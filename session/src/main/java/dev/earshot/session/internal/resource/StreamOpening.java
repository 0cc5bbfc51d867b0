package dev.earshot.session.internal.resource;

import dev.earshot.Connection;
import dev.earshot.NetworkException;
import dev.earshot.session.internal.stream.Channel;
import dev.earshot.session.internal.stream.SideStreams;
import dev.earshot.session.internal.stream.Ticket;
import dev.earshot.session.internal.wire.Body;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The side stream of one transfer coming about: dialled by the side that dialled the reliable
 * connection, whoever sends the file. On the session's queue.
 */
final class StreamOpening {
  private final Channel channel;
  private final SideStreams streams;
  private final Executor queue;
  private final Consumer<Connection> opened;
  private final Consumer<String> failed;
  private @Nullable Ticket ticket;
  private @Nullable Connection dialled;
  private boolean over;

  /**
   * An opening that has not begun.
   *
   * @param opened given the stream once it is ready
   * @param failed told instead why there is none
   */
  StreamOpening(
      Channel channel, Workshop workshop, Consumer<Connection> opened, Consumer<String> failed) {
    this.channel = channel;
    this.streams = workshop.streams();
    this.queue = workshop.queue();
    this.opened = opened;
    this.failed = failed;
  }

  /** Both sides want the stream: this one offers it, if the other is to dial. */
  void begin(long resource) {
    if (!channel.isDialled()) {
      Ticket issued =
          streams.issue(
              channel.certificate(), this::arrived, () -> fail("the other side did not open it"));
      ticket = issued;
      channel.say(new Body.OpenStream(resource, issued.token(), issued.secret(), resource));
    }
  }

  /** The other side offers the stream. */
  void dial(Body.OpenStream open) {
    Optional<InetSocketAddress> remote = channel.remote();
    if (over || dialled != null || remote.isEmpty()) {
      return; // one stream a transfer; and without a path the reliable connection is ending
    }
    try {
      Connection connection = streams.dial(remote.get(), channel.certificate(), open);
      dialled = connection;
      connection.start(new Dialled(), queue);
    } catch (IllegalStateException | IllegalArgumentException e) {
      fail(e.getMessage());
    }
  }

  /** Gives it up, if it has not come about. */
  void cancel() {
    over = true;
    if (ticket != null) {
      streams.withdraw(ticket);
    }
    if (dialled != null) {
      dialled.forceCancel();
    }
  }

  private void arrived(Connection stream) {
    if (over) {
      stream.forceCancel();
    } else {
      over = true;
      opened.accept(stream);
    }
  }

  private void fail(@Nullable String why) {
    if (!over) {
      over = true;
      failed.accept("the side stream did not come about: " + why);
    }
  }

  private final class Dialled implements Connection.Handler {
    @Override
    public void stateUpdated(Connection connection, Connection.State state) {
      if (state instanceof Connection.State.Ready) {
        arrived(connection);
      } else if (state instanceof Connection.State.Waiting waiting) {
        given(connection, waiting.reason());
      } else if (state instanceof Connection.State.Failed lost) {
        given(connection, lost.cause());
      } else if (state instanceof Connection.State.Cancelled) {
        fail("the network was closed");
      }
    }

    private void given(Connection connection, NetworkException cause) {
      fail(cause.getMessage());
      connection.forceCancel();
    }
  }
}
