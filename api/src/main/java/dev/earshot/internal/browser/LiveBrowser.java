package dev.earshot.internal.browser;

import dev.earshot.Browser;
import dev.earshot.CancelledException;
import dev.earshot.NetworkException;
import dev.earshot.Parameters;
import dev.earshot.ServiceType;
import dev.earshot.internal.browser.BrowserMachine.Event;
import dev.earshot.internal.browser.BrowserMachine.Phase;
import dev.earshot.internal.browser.BrowserMachine.Transition;
import dev.earshot.internal.queue.SerialQueue;
import dev.earshot.spi.Discovery;
import dev.earshot.spi.LinkFilter;
import dev.earshot.spi.Loop;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The browser behind {@link Browser}: takes calls from any thread to the loop, and what is found
 * there to the user's queue, in batches.
 *
 * <p>The first change opens a batch, which is told {@link #BATCH} later, whatever comes meanwhile:
 * nothing waits longer. Only one batch at a time is on its way: while the user's queue is busy,
 * changes are merged, so that a slow program is told less often and not ever later.
 */
public final class LiveBrowser implements Browser {
  private static final Logger STATES = System.getLogger("dev.earshot.states");

  /** How long changes are gathered. */
  static final Duration BATCH = Duration.ofMillis(50);

  private final BrowserHost host;
  private final ServiceType type;
  private final Parameters parameters;
  private final LinkFilter filter;
  private final Loop loop;
  private final SerialQueue queue;
  private final AtomicBoolean started = new AtomicBoolean();
  private final CompletableFuture<Browser> ready = new CompletableFuture<>(); // done on the queue
  private final CompletableFuture<Void> over = new CompletableFuture<>(); // done on the queue

  private volatile boolean txtRecords; // not written after the start
  private volatile State state = new State.Setup(); // written on the loop
  private volatile Set<Result> found = Set.of(); // written on the loop
  private volatile @Nullable Handler handler; // null before the start

  // All below: on the loop.
  private final BrowserMachine machine = new BrowserMachine();
  private Set<Result> told = Set.of();
  private boolean telling; // whether a batch is on its way to the handler
  private Loop.@Nullable Timer batch;
  private Discovery.@Nullable Operation operation;
  private boolean holding; // whether the host was told that this browser holds something
  private boolean cancelledTold;

  /** A browser for services of {@code type}, which holds nothing until it is started. */
  public LiveBrowser(BrowserHost host, ServiceType type, Parameters parameters) {
    this.host = host;
    this.type = type;
    this.parameters = parameters;
    this.filter = LinkFilter.of(parameters);
    this.loop = host.nextLoop();
    this.queue = new SerialQueue(host.fallbackQueue(), host.fallbackQueue());
  }

  @Override
  public Browser includeTxtRecords() {
    if (started.get()) {
      throw new IllegalStateException(this + " was started, or cancelled, before");
    }
    txtRecords = true;
    return this;
  }

  @Override
  public Browser start(Handler handler, Executor queue) {
    Objects.requireNonNull(handler, "handler");
    Objects.requireNonNull(queue, "queue");
    if (!started.compareAndSet(false, true)) {
      throw new IllegalStateException(this + " was started, or cancelled, before");
    }
    if (!host.opened(this)) {
      throw new IllegalStateException(this + " cannot start: the network is closed");
    }
    this.queue.moveTo(queue);
    this.handler = handler;
    onLoop(this::startOnLoop);
    return this;
  }

  @Override
  public CompletableFuture<Result> first(Predicate<? super Result> wanted, Executor queue) {
    FirstResult first = new FirstResult(this, Objects.requireNonNull(wanted, "wanted"));
    start(first, queue);
    over.thenRun(first::browserCancelled);
    return first.future();
  }

  private void startOnLoop() {
    holding = true;
    if (machine.phase() == Phase.CANCELLED) {
      release(); // cancelled by another thread while it was being started
      tellCancelled();
      return;
    }
    take(new Event.Start());
    try {
      operation = host.discovery().browse(type, txtRecords, filter, new Found());
    } catch (RuntimeException e) {
      take(
          new Event.Fail(
              new NetworkException("browsing for " + type + ": discovery failed: " + e, e)));
    }
  }

  @Override
  public State state() {
    return state;
  }

  @Override
  public Set<Result> results() {
    return found;
  }

  @Override
  public ServiceType type() {
    return type;
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }

  @Override
  public CompletableFuture<Browser> ready() {
    CompletableFuture<Browser> copy = new CompletableFuture<>();
    Runnable completion =
        () ->
            ready.whenComplete(
                (value, cause) -> {
                  if (cause == null) {
                    copy.complete(value);
                  } else {
                    copy.completeExceptionally(cause);
                  }
                });
    try {
      loop.execute(() -> queue.execute(completion));
    } catch (RejectedExecutionException e) {
      endWithoutLoop();
      queue.execute(completion);
    }
    return copy;
  }

  @Override
  public CompletableFuture<Void> cancel() {
    started.set(true);
    CompletableFuture<Void> copy = new CompletableFuture<>();
    Runnable completion = () -> over.thenRun(() -> copy.complete(null));
    try {
      loop.execute(
          () -> {
            take(new Event.Cancel());
            queue.execute(completion);
          });
    } catch (RejectedExecutionException e) {
      endWithoutLoop();
      queue.execute(completion);
    }
    return copy;
  }

  @Override
  public void close() {
    cancel();
  }

  private void take(Event event) {
    loop.assertInLoop();
    Phase before = machine.phase();
    Transition transition = machine.on(event);
    String what = event.getClass().getSimpleName();
    STATES.log(Level.TRACE, "{0}: {1} in {2} leads to {3}", this, what, before, transition.phase());
    transition.entered().ifPresent(this::entered);
  }

  private void entered(State entered) {
    state = entered;
    if (machine.isOver()) {
      release();
    }
    if (entered instanceof State.Cancelled) {
      tellCancelled();
    } else {
      tell(handler -> handler.stateUpdated(this, entered));
    }
    queue.execute(() -> settle(entered));
  }

  private void tellCancelled() {
    if (handler != null && !cancelledTold) {
      cancelledTold = true;
      tell(handler -> handler.stateUpdated(this, new State.Cancelled()));
    }
  }

  private void settle(State entered) {
    if (entered instanceof State.Ready) {
      ready.complete(this);
    } else if (entered instanceof State.Failed failed) {
      ready.completeExceptionally(failed.cause());
    } else if (entered instanceof State.Cancelled) {
      ready.completeExceptionally(new CancelledException(this + " was cancelled"));
      over.complete(null);
    }
  }

  private void release() {
    if (operation != null) {
      operation.cancel();
      operation = null;
    }
    cancelBatch();
    if (holding) {
      holding = false;
      host.ended(this);
    }
  }

  private void offer(Collection<Result> results) {
    found = ResultDiff.tidy(results, txtRecords);
    openBatch();
  }

  private void openBatch() {
    if (batch == null && !telling && !machine.isOver() && !found.equals(told)) {
      batch = loop.schedule(BATCH, this::closeBatch);
    }
  }

  private void closeBatch() {
    batch = null;
    Set<Result> now = found;
    List<Change> changes = ResultDiff.changes(told, now);
    told = now;
    if (!changes.isEmpty()) {
      telling = true;
      tell(handler -> tellResults(handler, now, changes));
    }
  }

  private void tellResults(Handler handler, Set<Result> now, List<Change> changes) {
    try {
      handler.resultsChanged(this, now, changes);
    } finally {
      onLoop(
          () -> {
            telling = false;
            openBatch();
          });
    }
  }

  private void cancelBatch() {
    if (batch != null) {
      batch.cancel();
      batch = null;
    }
  }

  private void tell(Consumer<Handler> call) {
    Handler told = handler;
    if (told != null) {
      queue.execute(() -> call.accept(told));
    }
  }

  private void onLoop(Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      endWithoutLoop();
    }
  }

  // The network was closed under a browser that had ended or not begun: there is nothing to be
  // freed, but futures have to complete.
  private void endWithoutLoop() {
    state = new State.Cancelled();
    host.ended(this);
    queue.execute(() -> settle(new State.Cancelled()));
  }

  /** What discovery says, on any thread. */
  private final class Found implements Discovery.BrowseEvents {
    @Override
    public void results(Set<Result> results) {
      Set<Result> copy = Set.copyOf(results);
      onLoop(
          () -> {
            take(new Event.Results());
            if (!machine.isOver()) {
              offer(copy);
            }
          });
    }

    @Override
    public void waiting(NetworkException reason) {
      onLoop(
          () -> {
            take(new Event.NoLink(reason));
            if (!machine.isOver()) {
              offer(Set.of()); // what was found on links that are gone is gone with them
            }
          });
    }

    @Override
    public void failed(NetworkException cause) {
      onLoop(() -> take(new Event.Fail(cause)));
    }
  }

  /** What it looks for, for messages. */
  @Override
  public String toString() {
    return "Browser[" + type + "]";
  }
}
