package dev.earshot.internal.connection;

import dev.earshot.Endpoint;
import dev.earshot.Parameters;
import dev.earshot.spi.Arrival;
import dev.earshot.spi.Dial;
import dev.earshot.spi.LoopConfined;

/** Shakes hands with somebody who has connected. */
@LoopConfined
final class IncomingAttempt implements Attempt {
  private final Arrival arrival;
  private final TimedDial dial;

  IncomingAttempt(Arrival arrival, Parameters parameters, Dial.Events owner) {
    this.arrival = arrival;
    String name =
        arrival.path().remoteEndpoint().map(a -> Endpoint.of(a).toString()).orElse("a peer");
    this.dial = new TimedDial(arrival.loop(), new TimedDial.Target(name, parameters), owner);
  }

  @Override
  public void begin() {
    dial.open(arrival);
  }

  @Override
  public void cancel() {
    dial.cancel();
  }

  @Override
  public void cancelCurrentEndpoint() {
    // There is one address, the peer's, and no other to go on with.
  }

  @Override
  public Trace trace() {
    return Trace.NONE;
  }

  @Override
  public String stage() {
    return "shaking hands with " + dial.target().name();
  }
}
