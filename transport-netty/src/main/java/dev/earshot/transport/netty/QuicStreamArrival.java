package dev.earshot.transport.netty;

import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.spi.Arrival;
import dev.earshot.spi.Dial;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import dev.earshot.spi.Pipe;
import java.util.Optional;

/** A stream that the peer has opened: there is nothing to be agreed any more. */
@LoopConfined
final class QuicStreamArrival implements Arrival, Dial {
  private final NettyLoop loop;
  private final QuicGroup group;
  private final QuicStreamStage stage;
  private boolean over;

  QuicStreamArrival(NettyLoop loop, QuicGroup group, QuicStreamStage stage) {
    this.loop = loop;
    this.group = group;
    this.stage = stage;
  }

  /** {@code stage} as a pipe of bytes. */
  static Pipe pipe(NettyLoop loop, QuicGroup group, QuicStreamStage stage) {
    PipeFacts facts =
        new PipeFacts(
            group.path(),
            group.peer(),
            group.securityMetadata(),
            Optional.empty(),
            false,
            group.handshakes(),
            Optional::empty);
    return new SocketPipe(loop, stage, new ByteStreamCodec(), facts);
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
    loop.execute(
        () -> {
          NetworkException ended = group.endCause();
          if (!over && ended != null) {
            over = true;
            events.failed(ended);
          } else if (!over) {
            over = true;
            events.ready(pipe(loop, group, stage));
          }
        });
    return this;
  }

  @Override
  public void refuse() {
    cancel();
  }

  @Override
  public void cancel() {
    loop.assertInLoop();
    if (!over) {
      over = true;
      stage.abort();
    }
  }
}
