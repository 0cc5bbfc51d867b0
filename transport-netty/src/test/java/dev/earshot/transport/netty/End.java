package dev.earshot.transport.netty;

import dev.earshot.NetworkException;
import dev.earshot.NetworkPath;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import dev.earshot.spi.Dial;
import dev.earshot.spi.Loop;
import dev.earshot.spi.Outgoing;
import dev.earshot.spi.Pipe;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection as a test holds it: queues what is to be sent, keeps what arrives, and
 * reads on by itself unless told not to. Its methods may be called on any thread.
 */
class End implements Dial.Events, Pipe.Inbound, Pipe.Outbound {
  static final long PATIENCE_SECONDS = 20;

  final Loop loop;
  final CompletableFuture<NetworkPath> connected = new CompletableFuture<>();
  final CompletableFuture<Pipe> ready = new CompletableFuture<>();
  final CompletableFuture<String> closed = new CompletableFuture<>();
  final CompletableFuture<NetworkException> failed = new CompletableFuture<>();
  final LinkedBlockingQueue<Received> received = new LinkedBlockingQueue<>();
  volatile @Nullable Dial dial;
  volatile boolean readsOn = true;

  private final ArrayDeque<Outgoing> outgoing = new ArrayDeque<>();

  End(Loop loop) {
    this.loop = loop;
  }

  private record Piece(Payload content, SendOptions options) implements Outgoing {}

  /** Queues and wakes the pipe up. */
  void send(Payload content, SendOptions options) {
    loop.execute(
        () -> {
          outgoing.add(new Piece(content, options));
          pipe().wakeUp();
        });
  }

  void send(String text) {
    send(Payload.utf8(text), SendOptions.TEXT);
  }

  void read() {
    loop.execute(() -> pipe().read());
  }

  void close() {
    loop.execute(() -> pipe().close());
  }

  void abort() {
    loop.execute(() -> pipe().abort());
  }

  Pipe pipe() {
    return ready.join();
  }

  /** The next that arrives. */
  Received next() throws InterruptedException {
    Received next = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("nothing arrived; closed " + closed + ", failed " + failed);
    }
    return next;
  }

  /** Everything until the end of the stream, as one. */
  byte[] all() throws InterruptedException {
    List<Payload> parts = new ArrayList<>();
    int length = 0;
    for (Received next = next(); ; next = next()) {
      parts.add(next.content());
      length += next.content().length();
      if (next.endOfStream()) {
        break;
      }
    }
    byte[] all = new byte[length];
    int at = 0;
    for (Payload part : parts) {
      part.copyTo(0, all, at, part.length());
      at += part.length();
    }
    return all;
  }

  @Override
  public void connected(NetworkPath path) {
    loop.assertInLoop();
    connected.complete(path);
  }

  @Override
  public void ready(Pipe pipe) {
    loop.assertInLoop();
    pipe.attach(this, this);
    ready.complete(pipe);
    if (readsOn) {
      pipe.read();
    }
    pipe.wakeUp();
  }

  @Override
  public void content(List<Received> batch) {
    loop.assertInLoop();
    received.addAll(batch);
    if (readsOn) {
      pipe().read();
    }
  }

  @Override
  public void moved(NetworkPath path) {
    throw new AssertionError("moved to " + path);
  }

  @Override
  public void ending(Runnable goOn) {
    goOn.run();
  }

  @Override
  public void closed() {
    loop.assertInLoop();
    over("closed");
    closed.complete("closed");
  }

  @Override
  public void failed(NetworkException cause) {
    loop.assertInLoop();
    over("failed: " + cause);
    failed.complete(cause);
    ready.completeExceptionally(cause);
  }

  private void over(String how) {
    if (closed.isDone() || failed.isDone()) {
      throw new AssertionError("over twice, now " + how);
    }
  }

  @Override
  public @Nullable Outgoing poll() {
    return outgoing.poll();
  }

  @Override
  public void taken() {
    loop.assertInLoop();
  }

  static <T> T await(CompletableFuture<T> future) {
    return future.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
  }
}
