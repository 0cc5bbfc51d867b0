package dev.earshot.testing;

import dev.earshot.Network;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Computers with whole networks on them that can connect to each other and hear each other, in
 * virtual time, with everything that is between them.
 *
 * <pre>{@code
 * try (MemoryRoom room = new MemoryRoom(seed)) {
 *   MemoryRoom.Computer ada = room.computer("10.0.0.1");
 *   MemoryRoom.Computer bob = room.computer("10.0.0.2");
 *   ada.network().listener(parameters).start(handler, ada.queue());
 *   room.time().advance(Duration.ofSeconds(1));
 * }
 * }</pre>
 *
 * <p>For one thread: nothing runs but inside the calls of {@link VirtualTime}.
 */
public final class MemoryRoom implements AutoCloseable {
  private final VirtualTime time;
  private final MemoryWire wire;
  private final MemoryAir air;
  private final List<Computer> computers = new ArrayList<>();

  /** An empty room whose chances are drawn from {@code seed}. */
  public MemoryRoom(long seed) {
    time = new VirtualTime(seed);
    wire = new MemoryWire(time);
    air = new MemoryAir(time.loop("air"));
  }

  /** The time that everybody goes by. */
  public VirtualTime time() {
    return time;
  }

  /** What the connections go over. */
  public MemoryWire wire() {
    return wire;
  }

  /** What the services are heard through. */
  public MemoryAir air() {
    return air;
  }

  /** One more computer, with {@code numeric} addresses on {@link MemoryWire#LINK}. */
  public Computer computer(String... numeric) {
    Computer added = new Computer(numeric);
    computers.add(added);
    return added;
  }

  /** Lets a second pass. */
  public void pass() {
    time.advance(Duration.ofSeconds(1));
  }

  /** Lets time pass until {@code future} is done, and gives what it brought. */
  public <T> T await(CompletableFuture<T> future) {
    return time.await(future);
  }

  /**
   * Closes {@code what}, which waits in real time for what happens in virtual time: time passes
   * meanwhile.
   */
  public void close(AutoCloseable what) {
    FutureTask<Void> closing =
        new FutureTask<>(
            () -> {
              what.close();
              return null;
            });
    Thread closer = new Thread(closing, "closer");
    closer.start();
    while (!isOver(closing, what)) {
      time.advance(Duration.ofMillis(10));
    }
    time.runUntilIdle();
  }

  /** Waits a moment; returns whether it is over. */
  private static boolean isOver(FutureTask<Void> closing, Object what) {
    try {
      closing.get(1, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException expected) {
      return false;
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError("closing " + what, e);
    }
  }

  /** Closes every network, and lets land what is in the air. */
  @Override
  public void close() {
    computers.forEach(Computer::close);
    time.advance(air.latency());
  }

  /** One computer, with its network and all that the network was put together from. */
  public final class Computer implements AutoCloseable {
    private final MemoryTransport transport;
    private final MemoryDiscovery discovery = air.discovery();
    private final MemoryLinks links;
    private final VirtualExecutor queue;
    private final VirtualExecutor workers;
    private final Network network;

    private Computer(String... numeric) {
      String name = List.of(numeric).toString();
      transport = wire.computer(numeric);
      links = MemoryLinks.of(numeric);
      queue = time.executor("queue of " + name);
      workers = time.executor("workers of " + name);
      network =
          Network.builder()
              .transport(transport)
              .discovery(discovery)
              .security(new MemorySecurity())
              .links(links)
              .workers(workers)
              .open();
    }

    /** Its network. */
    public Network network() {
      return network;
    }

    /** What runs the user's code on it. */
    public VirtualExecutor queue() {
      return queue;
    }

    /** What runs the library's code that may block. */
    public VirtualExecutor workers() {
      return workers;
    }

    /** What dials and listens. */
    public MemoryTransport transport() {
      return transport;
    }

    /** What advertises and browses. */
    public MemoryDiscovery discovery() {
      return discovery;
    }

    /** Its links. */
    public MemoryLinks links() {
      return links;
    }

    /** Closes its network; time passes meanwhile. */
    @Override
    public void close() {
      MemoryRoom.this.close(network);
    }
  }
}
