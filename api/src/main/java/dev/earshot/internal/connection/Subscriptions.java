package dev.earshot.internal.connection;

import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.Received;
import dev.earshot.UnsupportedException;
import dev.earshot.spi.LentBytes;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What has arrived, as a publisher for one subscriber at a time, by the rules of {@link Flow} and
 * Reactive Streams. Its state belongs to the queue.
 *
 * <p>The end of the stream completes it: content that comes with the end is handed over first, a
 * farewell such as a close frame is not content.
 */
final class Subscriptions implements Flow.Publisher<Received> {
  private static final Logger LOG = System.getLogger("dev.earshot");

  private final ReceiveQueue source;
  private final Crossing crossing;
  private @Nullable Demanding current;

  /** Whether {@link #current} keeps nothing; for the loop. */
  private volatile boolean givesBack;

  Subscriptions(ReceiveQueue source, Crossing crossing) {
    this.source = source;
    this.crossing = crossing;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super Received> subscriber) {
    Objects.requireNonNull(subscriber, "subscriber");
    crossing.later(() -> begin(subscriber));
  }

  /** The content of what arrives, lent: a subscriber keeps nothing of it. */
  Flow.Publisher<ByteBuffer> bytes() {
    return subscriber -> {
      LentTo borrower = new LentTo(Objects.requireNonNull(subscriber, "subscriber"));
      crossing.later(() -> begin(borrower));
    };
  }

  /** Tells every subscriber why there is nothing to lend. */
  Flow.Publisher<ByteBuffer> noBytes(Endpoint endpoint) {
    return subscriber -> {
      LentTo borrower = new LentTo(Objects.requireNonNull(subscriber, "subscriber"));
      crossing.later(() -> new Demanding(borrower).refuse(unsupported(endpoint)));
    };
  }

  private static UnsupportedException unsupported(Endpoint endpoint) {
    return new UnsupportedException(
        "bytes() of a connection with "
            + endpoint
            + ": only connections of bytes have them, over TCP or QUIC without a framer; take"
            + " messages()");
  }

  /** Whether what is given to the subscriber of now can be used again; on any thread. */
  boolean givesBack() {
    return givesBack;
  }

  // ---- the queue

  /** Whether a subscriber has asked for what has not come yet. */
  boolean wants() {
    return current != null && current.demand > 0;
  }

  /** Tells the subscriber one thing, if there is one to tell; returns whether there was. */
  boolean serve() {
    Demanding to = current;
    if (to == null || !to.begun) {
      return false;
    }
    if (to.demand > 0 || source.isAtBareEnd()) {
      LentBytes lent = to.lends ? source.lent() : null;
      Received next = source.next(1, Integer.MAX_VALUE);
      if (next != null) {
        to.give(next);
        if (lent != null) {
          lent.giveBack();
        }
        return true;
      }
    }
    NetworkException failure = source.failure();
    if (failure != null) {
      to.finish(failure);
      return true;
    }
    return false;
  }

  /**
   * Tells the subscriber of the whole messages that come next, at most so many, and returns how
   * many they were. {@link #serve} would tell the same, with more to look at for each, and it is
   * messages that come by the million.
   */
  int serveMessages(int most) {
    Demanding to = current;
    return to == null || !to.begun ? 0 : to.giveMessages(most);
  }

  private void begin(Flow.Subscriber<? super Received> subscriber) {
    Demanding subscription = new Demanding(subscriber);
    if (current != null) {
      subscription.refuse(
          new IllegalStateException(
              "messages() or bytes() has a subscriber; there may be one at a time"));
      return;
    }
    current = subscription;
    givesBack = subscription.lends;
    subscription.begin();
    source.match();
  }

  /** Who sees bytes and keeps nothing. */
  private record LentTo(Flow.Subscriber<? super ByteBuffer> to)
      implements Flow.Subscriber<Received> {
    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      to.onSubscribe(subscription);
    }

    @Override
    public void onNext(Received received) {
      to.onNext(received.content().asByteBuffer());
    }

    @Override
    public void onError(Throwable cause) {
      to.onError(cause);
    }

    @Override
    public void onComplete() {
      to.onComplete();
    }
  }

  /** One subscriber's demand. */
  private final class Demanding implements Flow.Subscription {
    /** Null once it is over: nothing keeps the subscriber then (rule 3.13). */
    private Flow.@Nullable Subscriber<? super Received> subscriber;

    /** Whether the subscriber keeps nothing. */
    private final boolean lends;

    private long demand;
    private boolean begun;

    private Demanding(Flow.Subscriber<? super Received> subscriber) {
      this.subscriber = subscriber;
      this.lends = subscriber instanceof LentTo;
    }

    @Override
    public void request(long count) {
      if (crossing.queue().inQueue()) {
        add(count);
      } else {
        crossing.later(() -> add(count));
      }
    }

    @Override
    public void cancel() {
      if (crossing.queue().inQueue()) {
        end();
      } else {
        crossing.later(this::end);
      }
    }

    private void begin() {
      tell(to -> to.onSubscribe(this));
      begun = true;
    }

    private void refuse(Exception reason) {
      tell(to -> to.onSubscribe(this));
      finish(reason);
    }

    private void add(long count) {
      if (subscriber == null) {
        return;
      }
      if (count < 1) {
        // Reactive Streams 1.0, rule 3.9: not a protocol error of the peer but of the subscriber.
        finish(
            new IllegalArgumentException("request of " + count + " items; rule 3.9: at least 1"));
        return;
      }
      demand = demand + count < 0 ? Long.MAX_VALUE : demand + count;
      source.matchSoon();
    }

    private int giveMessages(int most) {
      int given = 0;
      while (given < most && demand > 0) {
        Received message = source.nextMessage();
        if (message == null) {
          break;
        }
        giveContent(message);
        given++;
      }
      return given;
    }

    private void giveContent(Received received) {
      Flow.Subscriber<? super Received> to = subscriber;
      if (to != null && !received.isBareEnd()) {
        demand--;
        try {
          to.onNext(received);
        } catch (RuntimeException | Error thrown) {
          letGo(thrown);
        }
      }
    }

    private void give(Received received) {
      giveContent(received);
      if (received.endOfStream()) {
        finish(null);
      }
    }

    private void finish(@Nullable Throwable cause) {
      tell(
          to -> {
            end();
            if (cause == null) {
              to.onComplete();
            } else {
              to.onError(cause);
            }
          });
    }

    private void end() {
      subscriber = null;
      demand = 0;
      if (current == this) {
        current = null;
        givesBack = false;
      }
    }

    private void tell(Consumer<Flow.Subscriber<? super Received>> signal) {
      Flow.Subscriber<? super Received> to = subscriber;
      if (to != null) {
        try {
          signal.accept(to);
        } catch (RuntimeException | Error thrown) {
          letGo(thrown);
        }
      }
    }

    /** Reactive Streams 1.0, rule 2.13: a subscriber that throws has cancelled. */
    private void letGo(Throwable thrown) {
      end();
      LOG.log(Level.ERROR, "a subscriber threw, and is not called again", thrown);
    }
  }
}
