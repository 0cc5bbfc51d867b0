package dev.earshot.transport.netty;

import dev.earshot.NetworkPath;
import dev.earshot.spi.Arrival;
import dev.earshot.spi.Dial;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;

/**
 * Somebody who has come to a {@link QuicPort}. The engine shakes hands whether or not the arrival
 * is opened; nothing is told of it, and nobody is asked about the peer, before it is.
 */
@LoopConfined
final class QuicArrival implements Arrival {
  private final NettyLoop loop;
  private final QuicGroup group;
  private boolean opened;

  QuicArrival(NettyLoop loop, QuicGroup group) {
    this.loop = loop;
    this.group = group;
  }

  @Override
  public NetworkPath path() {
    return group.path();
  }

  @Override
  public Loop loop() {
    return loop;
  }

  @Override
  public Dial open(Dial.Events events) {
    loop.assertInLoop();
    if (opened) {
      throw new IllegalStateException("opened before");
    }
    opened = true;
    QuicOpening opening = new QuicOpening(loop, group, events);
    loop.execute(() -> group.opening(opening));
    return opening;
  }

  @Override
  public void refuse() {
    loop.assertInLoop();
    group.abort(false, QuicErrors.REFUSED);
  }
}
