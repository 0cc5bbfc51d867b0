package dev.earshot.internal.connection;

import dev.earshot.Endpoint;
import dev.earshot.Parameters;
import dev.earshot.Protocol;
import dev.earshot.internal.path.LinkTable;
import dev.earshot.spi.Dial;
import dev.earshot.spi.LoopConfined;
import java.util.concurrent.Executor;

/** A connection that dials. */
@LoopConfined
final class OutgoingSide implements Side {
  private final ConnectionHost host;
  private final Crossing crossing;
  private final OutgoingAttempt.Request request;
  private final Counted counted;

  /** Whether a group is dialled for the sake of one stream in it. */
  private final boolean sole;

  private OutgoingSide(
      ConnectionHost host,
      Crossing crossing,
      OutgoingAttempt.Request request,
      Counted counted,
      boolean sole) {
    this.host = host;
    this.crossing = crossing;
    this.request = request;
    this.counted = counted;
    this.sole = sole;
  }

  /** The side of a connection by itself. */
  static OutgoingSide of(
      ConnectionHost host, Crossing crossing, OutgoingAttempt.Request request, Counted counted) {
    boolean inGroup = request.parameters().protocol() instanceof Protocol.Quic;
    return new OutgoingSide(host, crossing, request, counted, inGroup);
  }

  /** The side of a group. */
  static OutgoingSide ofGroup(
      ConnectionHost host, Crossing crossing, OutgoingAttempt.Request request, Counted counted) {
    return new OutgoingSide(host, crossing, request, counted, false);
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
  public LinkTable links() {
    return host.links();
  }

  @Override
  public Executor workers() {
    return host.workers();
  }

  @Override
  public Attempt attempt(Dial.Events events) {
    return sole
        ? new SoleStream(
            crossing.loop(),
            events,
            ofGroup -> new OutgoingAttempt(host, crossing, request, ofGroup))
        : new OutgoingAttempt(host, crossing, request, events);
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
