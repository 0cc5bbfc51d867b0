package dev.earshot.internal.connection;

import dev.earshot.Endpoint;
import dev.earshot.Parameters;
import dev.earshot.spi.Dial;
import dev.earshot.spi.LinkSource.LinkState;
import dev.earshot.spi.LoopConfined;
import java.util.List;

/** A connection that dials. */
@LoopConfined
final class OutgoingSide implements Side {
  private final ConnectionHost host;
  private final Crossing crossing;
  private final OutgoingAttempt.Request request;
  private final Counted counted;

  OutgoingSide(
      ConnectionHost host, Crossing crossing, OutgoingAttempt.Request request, Counted counted) {
    this.host = host;
    this.crossing = crossing;
    this.request = request;
    this.counted = counted;
  }

  @Override
  public Endpoint endpoint() {
    return request.endpoint();
  }

  @Override
  public Parameters parameters() {
    return request.parameters();
  }

  @Override
  public List<LinkState> links() {
    return host.links();
  }

  @Override
  public Attempt attempt(Dial.Events events) {
    return new OutgoingAttempt(host, crossing, request, events);
  }

  @Override
  public boolean holdsFromTheStart() {
    return false;
  }

  @Override
  public boolean mayWait() {
    return true;
  }

  @Override
  public void refuse() {
    // Nobody has come.
  }

  @Override
  public void handshakeOver() {
    // Nobody counts the handshakes that this side begins.
  }

  @Override
  public void ended() {
    counted.end();
  }
}
