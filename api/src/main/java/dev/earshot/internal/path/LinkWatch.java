package dev.earshot.internal.path;

import dev.earshot.spi.LinkSource;
import dev.earshot.spi.Loop;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the links about once a second while somebody wants to know, and says when they changed.
 *
 * <p>A change is told once it has held for {@link #SETTLED}: a link that comes up gets its
 * addresses one after the other, and one that flaps should not be told of each time. Its state is
 * confined to the loop it was made with; looks are taken on a worker, since they may block. {@link
 * #subscribe} may be called on any thread.
 */
public final class LinkWatch {
  /** The time between two looks. */
  static final Duration INTERVAL = Duration.ofSeconds(1);

  /** How long a change must hold before it is told. */
  static final Duration SETTLED = Duration.ofMillis(300);

  /** A link that never settles is told of after so many looks all the same. */
  private static final int UNSETTLED_LOOKS = 5;

  private static final System.Logger LOG = System.getLogger("dev.earshot.path");

  private final LinkSource source;
  private final Loop loop;
  private final Executor workers;

  private volatile LinkTable lastTold = new LinkTable(List.of()); // by lookNow, then on the loop

  // All below: on the loop.
  private final Set<Subscriber> subscribers = new LinkedHashSet<>();
  private @Nullable LinkTable told; // null before the first look
  private long lookedAt; // when the links were seen to be as told
  private @Nullable LinkTable pending; // a change that has not settled
  private int unsettledLooks;
  private Loop.@Nullable Timer nextLook;
  private boolean looking;

  /** A watch that looks at {@code source} on one of {@code workers}. */
  public LinkWatch(LinkSource source, Loop loop, Executor workers) {
    this.source = source;
    this.loop = loop;
    this.workers = workers;
  }

  /** An interest in the links. */
  public interface Subscription {
    /** Ends it. On the subscriber's loop nothing comes after this call. */
    void cancel();
  }

  /**
   * Tells {@code subscriber}, on {@code on}, the links as they are, soon, and again whenever they
   * have changed, until the subscription is cancelled.
   */
  public Subscription subscribe(Loop on, Consumer<LinkTable> subscriber) {
    return subscribe(on, subscriber, () -> true);
  }

  /**
   * The same, also until {@code goesOn} says no. It is asked before each look, on the loop that
   * this was made with, and not again after a no.
   */
  public Subscription subscribe(Loop on, Consumer<LinkTable> subscriber, BooleanSupplier goesOn) {
    Subscriber added = new Subscriber(on, subscriber, goesOn);
    loop.execute(() -> add(added));
    return added;
  }

  /**
   * Looks at once, on the calling thread, so that {@link #lastTold} knows something before anybody
   * subscribes.
   */
  public void lookNow() {
    try {
      lastTold = new LinkTable(source.links());
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "the links could not be listed; trying again when they matter", e);
    }
  }

  /** What was told last, or seen by {@link #lookNow}; may be old while nobody subscribes. */
  public LinkTable lastTold() {
    return lastTold;
  }

  private void add(Subscriber subscriber) {
    if (subscriber.cancelled) {
      return;
    }
    subscribers.add(subscriber);
    if (subscribers.size() == 1) {
      begin();
    }
    if (told != null) {
      subscriber.tell(told);
    }
  }

  /** Looks again, unless the last look is no older than it might be with somebody watching. */
  private void begin() {
    pending = null;
    unsettledLooks = 0;
    Duration age = Duration.ofNanos(loop.nanoTime() - lookedAt);
    if (told == null || age.compareTo(INTERVAL) >= 0) {
      told = null;
      look();
    } else if (!looking) {
      nextLook = loop.schedule(INTERVAL.minus(age), this::look);
    }
  }

  private void remove(Subscriber subscriber) {
    subscribers.remove(subscriber);
    if (subscribers.isEmpty() && nextLook != null) {
      nextLook.cancel();
      nextLook = null;
    }
  }

  private void look() {
    nextLook = null;
    subscribers.removeIf(subscriber -> !subscriber.goesOn.getAsBoolean());
    if (looking || subscribers.isEmpty()) {
      return; // one at a time, however long it takes
    }
    looking = true;
    try {
      workers.execute(this::lookOnWorker);
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "nobody has time to look at the links; trying again", e);
      looked(null);
    }
  }

  private void lookOnWorker() {
    LinkTable seen = null;
    try {
      seen = new LinkTable(source.links());
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "the links could not be listed; trying again", e);
    }
    LinkTable table = seen;
    try {
      loop.execute(() -> looked(table));
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "a look at the links came too late: the network is closed", e);
    }
  }

  private void looked(@Nullable LinkTable seen) {
    looking = false;
    if (subscribers.isEmpty()) {
      return;
    }
    Duration next = INTERVAL;
    if (seen != null) {
      next = compare(seen);
    }
    nextLook = loop.schedule(next, this::look);
  }

  /** Tells what {@code seen} changes, if it has settled; returns when to look again. */
  private Duration compare(LinkTable seen) {
    if (seen.equals(told)) {
      lookedAt = loop.nanoTime();
      pending = null;
      unsettledLooks = 0;
      return INTERVAL;
    }
    boolean first = told == null;
    if (first || seen.equals(pending) || ++unsettledLooks >= UNSETTLED_LOOKS) {
      told = seen;
      lookedAt = loop.nanoTime();
      lastTold = seen;
      pending = null;
      unsettledLooks = 0;
      subscribers.forEach(subscriber -> subscriber.tell(seen));
      return INTERVAL;
    }
    pending = seen;
    return SETTLED;
  }

  /** One who wants to know. */
  private final class Subscriber implements Subscription {
    private final Loop on;
    private final Consumer<LinkTable> consumer;
    private final BooleanSupplier goesOn;
    private volatile boolean cancelled;

    Subscriber(Loop on, Consumer<LinkTable> consumer, BooleanSupplier goesOn) {
      this.on = Objects.requireNonNull(on, "on");
      this.consumer = Objects.requireNonNull(consumer, "consumer");
      this.goesOn = Objects.requireNonNull(goesOn, "goesOn");
    }

    void tell(LinkTable table) {
      on.execute(
          () -> {
            if (!cancelled) {
              consumer.accept(table);
            }
          });
    }

    @Override
    public void cancel() {
      cancelled = true;
      try {
        loop.execute(() -> remove(this));
      } catch (RejectedExecutionException e) {
        LOG.log(Level.TRACE, "nobody is told of links any more: the network is closed", e);
      }
    }
  }
}
