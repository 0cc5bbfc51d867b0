package dev.earshot.internal.connection;

import dev.earshot.Endpoint;
import dev.earshot.Parameters;
import dev.earshot.internal.path.LinkTable;
import dev.earshot.spi.Dial;
import dev.earshot.spi.LoopConfined;
import java.util.concurrent.Executor;

/** A connection that this side opens within a group. */
@LoopConfined
final class StreamSide implements Side {
  private final ConnectionHost host;
  private final GroupStreams streams;
  private final Facts facts;
  private final Counted counted;

  /** What a group carries. */
  enum Kind {
    /** Bytes in both directions; any number of them. */
    STREAM,
    /** Datagrams; one at most. */
    DATAGRAMS
  }

  /** What is known of it before it is opened. */
  record Facts(Kind kind, Endpoint endpoint, Parameters parameters) {}

  StreamSide(ConnectionHost host, GroupStreams streams, Facts facts, Counted counted) {
    this.host = host;
    this.streams = streams;
    this.facts = facts;
    this.counted = counted;
  }

  @Override
  public Endpoint endpoint() {
    return facts.endpoint();
  }

  @Override
  public Parameters parameters() {
    return facts.parameters();
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
    return new StreamAttempt(streams, facts.endpoint(), facts.kind(), events);
  }

  @Override
  public boolean holdsFromTheStart() {
    return false;
  }

  /** Until the peer permits one more, if the group is still there. */
  @Override
  public boolean mayWait() {
    return !streams.isOver();
  }

  @Override
  public void refuse() {
    // Nobody has come.
  }

  @Override
  public void handshakeOver() {
    // The group's is over.
  }

  @Override
  public void ended() {
    counted.end();
  }
}
