package dev.earshot.internal;

import dev.earshot.NetworkException;
import dev.earshot.Parameters;
import dev.earshot.spi.Arrival;
import dev.earshot.spi.Dial;
import dev.earshot.spi.DialRequest;
import dev.earshot.spi.ListenRequest;
import dev.earshot.spi.Loop;
import dev.earshot.spi.Port;
import dev.earshot.spi.Transport;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

/**
 * A transport whose loops are remembered, so that a call that would wait for them can tell that it
 * was made on one, and that an end can wait for them. Thread-safe.
 */
final class WatchedTransport implements Transport {
  private final Transport transport;
  private final Set<Loop> loops = ConcurrentHashMap.newKeySet();

  WatchedTransport(Transport transport) {
    this.transport = transport;
  }

  /** Whether the calling thread is one of the loops that were handed out. */
  boolean isOnLoop() {
    return loops.stream().anyMatch(Loop::inLoop);
  }

  /** Done when every loop that was handed out has run what it was given before this call. */
  CompletableFuture<Void> caughtUp() {
    return CompletableFuture.allOf(
        loops.stream().map(WatchedTransport::caughtUp).toArray(CompletableFuture<?>[]::new));
  }

  private static CompletableFuture<Void> caughtUp(Loop loop) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    try {
      loop.execute(() -> done.complete(null));
    } catch (RejectedExecutionException closed) {
      done.complete(null);
    }
    return done;
  }

  @Override
  public boolean supports(Parameters parameters) {
    return transport.supports(parameters);
  }

  @Override
  public String obstacle(Parameters parameters) {
    return transport.obstacle(parameters);
  }

  @Override
  public Loop nextLoop() {
    Loop loop = transport.nextLoop();
    loops.add(loop);
    return loop;
  }

  @Override
  public Dial dial(Loop loop, DialRequest request, Dial.Events events) {
    return transport.dial(loop, request, events);
  }

  @Override
  public Port listen(Loop loop, ListenRequest request, Port.Events events) {
    return transport.listen(loop, request, new Remembering(events));
  }

  @Override
  public void close() {
    transport.close();
  }

  /** Remembers the loops of those who arrive. */
  private final class Remembering implements Port.Events {
    private final Port.Events events;

    Remembering(Port.Events events) {
      this.events = events;
    }

    @Override
    public void bound(int number) {
      events.bound(number);
    }

    @Override
    public void accepted(Arrival arrival) {
      loops.add(arrival.loop());
      events.accepted(arrival);
    }

    @Override
    public void failed(NetworkException cause) {
      events.failed(cause);
    }
  }
}
