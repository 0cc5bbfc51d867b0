package dev.earshot.session.internal.resource;

import dev.earshot.NetworkClock;
import dev.earshot.session.Peer;
import dev.earshot.session.Progress;
import dev.earshot.session.ResourceException;
import dev.earshot.session.ResourceTransfer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A transfer as its user sees it. Thread-safe. */
final class TransferReport implements ResourceTransfer {
  private static final long INTERVAL = Duration.ofMillis(100).toNanos();

  private final Peer peer;
  private final String name;
  private final NetworkClock clock;
  private final Executor callbacks;
  private final Runnable cancelling;
  private final CompletableFuture<Path> completion = new CompletableFuture<>();
  private final AtomicBoolean telling = new AtomicBoolean();

  private volatile OptionalLong total;
  private volatile @Nullable Consumer<Progress> observer;

  /** Written by who moves the bytes. */
  private volatile long transferred;

  private volatile long begun;
  private volatile long lastMoved;
  private long lastTold;

  /**
   * A transfer that has not begun.
   *
   * @param total its size, if known
   * @param cancelling what {@link #cancel} does
   */
  TransferReport(
      Peer peer, String name, Workshop workshop, OptionalLong total, Runnable cancelling) {
    this.peer = peer;
    this.name = name;
    this.total = total;
    this.clock = workshop.clock();
    this.callbacks = workshop.callbacks();
    this.cancelling = cancelling;
  }

  @Override
  public Peer peer() {
    return peer;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Progress progress() {
    return new Progress(transferred, total, Duration.ofNanos(lastMoved - begun));
  }

  @Override
  public ResourceTransfer onProgress(Consumer<Progress> value) {
    observer = value;
    return this;
  }

  @Override
  public CompletableFuture<Path> completion() {
    return completion.copy();
  }

  @Override
  public void cancel() {
    cancelling.run();
  }

  /** The size is known. */
  void total(long bytes) {
    total = OptionalLong.of(bytes);
  }

  /** The first byte is about to be moved. By who moves the bytes. */
  void begin() {
    begun = clock.nanoTime();
    lastMoved = begun;
    lastTold = begun;
  }

  /** {@code bytes} more have been moved. By who moves the bytes, one call at a time. */
  void moved(int bytes) {
    transferred += bytes;
    lastMoved = clock.nanoTime();
    if (lastMoved - lastTold >= INTERVAL && telling.compareAndSet(false, true)) {
      lastTold = lastMoved;
      callbacks.execute(
          () -> {
            telling.set(false);
            tell();
          });
    }
  }

  long transferred() {
    return transferred;
  }

  /** It went well. */
  void succeeded(Path file) {
    callbacks.execute(
        () -> {
          tell();
          completion.complete(file);
        });
  }

  /** It did not. */
  void failed(ResourceException cause) {
    callbacks.execute(
        () -> {
          tell();
          completion.completeExceptionally(cause);
        });
  }

  private void tell() {
    Consumer<Progress> told = observer;
    if (told != null) {
      try {
        told.accept(progress());
      } catch (RuntimeException thrown) {
        System.getLogger("dev.earshot.session")
            .log(System.Logger.Level.ERROR, "an observer of a transfer threw", thrown);
      }
    }
  }

  @Override
  public String toString() {
    return "'" + name + "' with " + peer;
  }
}
