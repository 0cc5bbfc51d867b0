package dev.earshot.internal;

import dev.earshot.NetworkException;
import dev.earshot.Parameters;
import dev.earshot.spi.DatagramSecurity;
import dev.earshot.spi.Dial;
import dev.earshot.spi.DialRequest;
import dev.earshot.spi.ListenRequest;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Port;
import dev.earshot.spi.StreamSecurity;
import dev.earshot.spi.Transport;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A transport that has security prepared on a worker before it is used for the first time: the
 * classes of a handshake take a few tenths of a second to load, and a loop has others to serve. A
 * listener does not wait for it, since nobody can have come yet; what dials does. Thread-safe.
 */
final class PreparingTransport implements Transport {
  private static final System.Logger LOG = System.getLogger("dev.earshot");

  private final Transport transport;
  private final Executor workers;

  /** Done when it is prepared, by kinds of security. */
  private final Map<Class<?>, CompletableFuture<Void>> prepared = new ConcurrentHashMap<>();

  PreparingTransport(Transport transport, Executor workers) {
    this.transport = transport;
    this.workers = workers;
  }

  private CompletableFuture<Void> prepared(
      Optional<StreamSecurity> streams, Optional<DatagramSecurity> datagrams) {
    if (streams.isPresent()) {
      StreamSecurity security = streams.get();
      return prepared(security.getClass(), security::prepare);
    }
    return datagrams
        .map(security -> prepared(security.getClass(), security::prepare))
        .orElseGet(() -> CompletableFuture.completedFuture(null));
  }

  private CompletableFuture<Void> prepared(Class<?> kind, Runnable preparation) {
    CompletableFuture<Void> own = new CompletableFuture<>();
    CompletableFuture<Void> known = prepared.putIfAbsent(kind, own);
    if (known != null) {
      return known;
    }
    try {
      workers.execute(
          () -> {
            try {
              preparation.run();
            } catch (RuntimeException e) { // the handshake itself will say what is wrong
              LOG.log(System.Logger.Level.DEBUG, "preparing " + kind.getSimpleName(), e);
            } finally {
              own.complete(null);
            }
          });
    } catch (RejectedExecutionException closed) {
      own.complete(null);
    }
    return own;
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
    return transport.nextLoop();
  }

  @Override
  public Dial dial(Loop loop, DialRequest request, Dial.Events events) {
    CompletableFuture<Void> ready = prepared(request.security(), request.datagramSecurity());
    if (ready.isDone()) {
      return transport.dial(loop, request, events);
    }
    LaterDial later = new LaterDial(loop, request, events);
    ready.thenRun(() -> loop.execute(later::begin));
    return later;
  }

  @Override
  public Port listen(Loop loop, ListenRequest request, Port.Events events) {
    prepared(request.security(), request.datagramSecurity());
    return transport.listen(loop, request, events);
  }

  @Override
  public void close() {
    transport.close();
  }

  /** A dial that begins when everything is prepared. */
  @LoopConfined
  private final class LaterDial implements Dial {
    private final Loop loop;
    private final DialRequest request;
    private final Events events;
    private @Nullable Dial dial;
    private boolean over;

    LaterDial(Loop loop, DialRequest request, Events events) {
      this.loop = loop;
      this.request = request;
      this.events = events;
    }

    void begin() {
      loop.assertInLoop();
      if (!over) {
        dial = transport.dial(loop, request, events);
      }
    }

    @Override
    public void cancel() {
      loop.assertInLoop();
      over = true;
      if (dial != null) {
        dial.cancel();
      }
    }

    @Override
    public Optional<NetworkException> suspicion() {
      return dial == null ? Optional.empty() : dial.suspicion();
    }
  }
}
