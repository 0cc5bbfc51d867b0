package dev.earshot.internal.connection;

import dev.earshot.ContentMetadata;
import dev.earshot.NetworkException;
import dev.earshot.Received;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
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

  Subscriptions(ReceiveQueue source, Crossing crossing) {
    this.source = source;
    this.crossing = crossing;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super Received> subscriber) {
    Objects.requireNonNull(subscriber, "subscriber");
    crossing.later(() -> begin(subscriber));
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
      Received next = source.next(1, Integer.MAX_VALUE);
      if (next != null) {
        to.give(next);
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

  private void begin(Flow.Subscriber<? super Received> subscriber) {
    Demanding subscription = new Demanding(subscriber);
    if (current != null) {
      subscription.refuse();
      return;
    }
    current = subscription;
    subscription.begin();
    source.match();
  }

  /** Whether a subscriber is to see it, and not only the end that it says. */
  static boolean isContent(Received received) {
    boolean farewell =
        received.metadata() instanceof ContentMetadata.WebSocket about
            && about.opcode() == ContentMetadata.Opcode.CLOSE;
    return !farewell && !(received.endOfStream() && received.content().isEmpty());
  }

  /** One subscriber's demand. */
  private final class Demanding implements Flow.Subscription {
    /** Null once it is over: nothing keeps the subscriber then (rule 3.13). */
    private Flow.@Nullable Subscriber<? super Received> subscriber;

    private long demand;
    private boolean begun;

    private Demanding(Flow.Subscriber<? super Received> subscriber) {
      this.subscriber = subscriber;
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

    /** There is a subscriber already. */
    private void refuse() {
      tell(to -> to.onSubscribe(this));
      finish(new IllegalStateException("messages() has a subscriber; there may be one at a time"));
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

    private void give(Received received) {
      Flow.Subscriber<? super Received> to = subscriber;
      if (to != null && isContent(received)) {
        demand--;
        try {
          to.onNext(received);
        } catch (RuntimeException thrown) {
          letGo(thrown);
        }
      }
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
      }
    }

    private void tell(Consumer<Flow.Subscriber<? super Received>> signal) {
      Flow.Subscriber<? super Received> to = subscriber;
      if (to != null) {
        try {
          signal.accept(to);
        } catch (RuntimeException thrown) {
          letGo(thrown);
        }
      }
    }

    /** Reactive Streams 1.0, rule 2.13: a subscriber that throws has cancelled. */
    private void letGo(RuntimeException thrown) {
      end();
      LOG.log(Level.ERROR, "a subscriber threw, and is not called again", thrown);
    }
  }
}
