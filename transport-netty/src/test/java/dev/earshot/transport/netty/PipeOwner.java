package dev.earshot.transport.netty;

import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import dev.earshot.spi.Outgoing;
import dev.earshot.spi.Pipe;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the core would be to a pipe whose stage a test plays: says what is sent, keeps what comes.
 */
final class PipeOwner implements Pipe.Inbound, Pipe.Outbound {
  record Piece(Payload content, SendOptions options) implements Outgoing {}

  final ArrayDeque<Outgoing> outgoing = new ArrayDeque<>();
  final List<List<Received>> batches = new ArrayList<>();
  final List<String> ends = new ArrayList<>();
  NetworkException failure;
  int polls;
  int taken;
  boolean givesBack;
  Runnable onContent = () -> {};
  Runnable onTaken = () -> {};
  Consumer<Runnable> onEnding = Runnable::run;

  void queue(String... texts) {
    for (String text : texts) {
      outgoing.add(new Piece(Payload.utf8(text), SendOptions.DEFAULT));
    }
  }

  @Override
  public void content(List<Received> batch) {
    batches.add(batch);
    onContent.run();
  }

  @Override
  public boolean givesBack() {
    return givesBack;
  }

  @Override
  public void moved(NetworkPath path) {
    throw new AssertionError("moved to " + path);
  }

  @Override
  public void ending(Runnable goOn) {
    onEnding.accept(goOn);
  }

  @Override
  public void closed() {
    ends.add("closed");
  }

  @Override
  public void failed(NetworkException cause) {
    ends.add("failed");
    failure = cause;
  }

  @Override
  public @Nullable Outgoing poll() {
    polls++;
    return outgoing.poll();
  }

  @Override
  public void taken() {
    taken++;
    onTaken.run();
  }

  /** A pipe over {@code stage} that this owns. */
  SocketPipe pipe(
      EmbeddedChannel embedded, ScriptedStage stage, PipeCodec codec, boolean peerClosesFirst) {
    NetworkPath path =
        new NetworkPath(
            NetworkPath.Status.SATISFIED, Optional.empty(), Optional.empty(), Optional.empty());
    PipeFacts facts =
        new PipeFacts(
            path,
            "a peer",
            Optional.empty(),
            Optional.empty(),
            peerClosesFirst,
            List.of(),
            Optional::empty);
    SocketPipe made =
        new SocketPipe(
            new NettyLoop(embedded.eventLoop(), embedded.alloc(), () -> false),
            stage,
            codec,
            facts);
    made.attach(this, this);
    return made;
  }
}
