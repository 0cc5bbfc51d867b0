package dev.earshot.internal.connection;

import dev.earshot.Endpoint;
import dev.earshot.Parameters;
import dev.earshot.internal.path.LinkTable;
import dev.earshot.spi.Arrival;
import dev.earshot.spi.Dial;
import dev.earshot.spi.LoopConfined;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A connection that a listener accepted. */
@LoopConfined
final class IncomingSide implements Side {
  private final ConnectionHost host;
  private final Arrival arrival;
  private final Endpoint endpoint;
  private final Parameters parameters;
  private final Counted counted;
  private @Nullable Runnable handshakeOver;

  IncomingSide(
      ConnectionHost host,
      Arrival arrival,
      Parameters parameters,
      Runnable handshakeOver,
      Counted counted) {
    this.host = host;
    this.arrival = arrival;
    this.endpoint =
        Endpoint.of(
            arrival
                .path()
                .remoteEndpoint()
                .orElseThrow(() -> new IllegalArgumentException("an arrival from nowhere")));
    this.parameters = parameters;
    this.handshakeOver = handshakeOver;
    this.counted = counted;
  }

  @Override
  public Endpoint endpoint() {
    return endpoint;
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }

  @Override
  public LinkTable links() {
    return host.links();
  }

  @Override
  public Executor workers() {
    return host.workers();
  }

  @Override
  public Attempt attempt(Dial.Events events) {
    return new IncomingAttempt(arrival, parameters, events);
  }

  @Override
  public boolean holdsFromTheStart() {
    return true;
  }

  @Override
  public boolean mayWait() {
    return false; // only the other side can try again
  }

  @Override
  public void refuse() {
    arrival.refuse();
  }

  @Override
  public void handshakeOver() {
    Runnable told = handshakeOver;
    handshakeOver = null;
    if (told != null) {
      told.run();
    }
  }

  @Override
  public void ended() {
    counted.end();
  }
}
