package dev.earshot.internal;

import dev.earshot.internal.connection.LiveConnection;
import dev.earshot.internal.path.LinkTable;
import dev.earshot.internal.path.LinkWatch;
import dev.earshot.spi.Loop;
import java.lang.System.Logger.Level;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Tells the connections of a network that the links have changed. The links are watched while there
 * is a connection, and after the last one until the next look would be due: so where one short
 * connection follows the other, no watch begins and ends with each.
 *
 * <p>A watch is one of the things that the network's end waits for.
 */
final class LinkNews implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.earshot");

  private final LinkWatch links;
  private final Loop loop;
  private final HandleSet<LiveConnection> connections;
  private final HandleSet<AutoCloseable> doors;

  /** Written on the loop. */
  private volatile boolean watching;

  private LinkWatch.@Nullable Subscription subscription; // on the loop; null while none watches

  /**
   * News of {@code links} for {@code connections}.
   *
   * @param loop the one of {@code links}
   * @param doors what has to be closed when the network ends
   */
  LinkNews(
      LinkWatch links,
      Loop loop,
      HandleSet<LiveConnection> connections,
      HandleSet<AutoCloseable> doors) {
    this.links = links;
    this.loop = loop;
    this.connections = connections;
    this.doors = doors;
  }

  /** A connection has been added to the others. Called on any thread. */
  void connectionOpened() {
    if (!watching) {
      onLoop(this::watch);
    }
  }

  private void watch() {
    if (!watching && goesOn() && doors.opened(this)) {
      subscription = links.subscribe(loop, this::changed, this::goesOn);
    }
  }

  /**
   * Ends the watch unless there are connections. It says that nobody watches, then looks for them;
   * who opens one adds it first, then looks whether somebody watches: so one of the two sees the
   * other.
   *
   * @return whether it goes on
   */
  private boolean goesOn() {
    watching = false;
    watching = !connections.isEmpty();
    if (!watching) {
      subscription = null;
      doors.ended(this);
    }
    return watching;
  }

  private void changed(LinkTable table) {
    connections.open().forEach(connection -> connection.linksChanged(table.states()));
  }

  /** The network ends, and nobody has to know of links any more. Called on any thread. */
  @Override
  public void close() {
    onLoop(this::end);
  }

  private void end() {
    if (subscription != null) {
      subscription.cancel();
      subscription = null;
    }
    onLoop(() -> doors.ended(this)); // behind what the cancel has to do there
  }

  private void onLoop(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.log(Level.TRACE, "nobody watches the links any more: the network is closed", e);
    }
  }
}
