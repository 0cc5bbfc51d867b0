package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Datagrams of groups as fast as the sender can, over real sockets. */
@Tag("network")
@Timeout(120)
@ParameterizedClass
@MethodSource("natives")
class QuicDatagramsNetworkTest {
  private static final int SENT = 40_000;

  @Parameter String natives;

  private final QuicPair.Side dialling = new QuicPair.Side();
  private final Numbers numbers = new Numbers();
  private QuicPair pair;
  private long lastSaid; // how often, since it may have been dropped, too
  private Connection here;
  private Connection there;

  static Stream<String> natives() {
    return Natives.names();
  }

  @BeforeEach
  void open() {
    pair = new QuicPair(natives);
    ConnectionGroup group = pair.connect(QuicPair.options().datagrams().build(), dialling);
    here = End.await(group.datagrams().start().ready());
    there = End.await(pair.arrival().datagrams().start().ready());
    there.messages().subscribe(numbers);
  }

  @AfterEach
  void close() {
    pair.close();
  }

  @Test
  void whoWaitsForRoomIsNotAheadOfTheNetwork() {
    for (int i = 0; i < SENT; i++) {
      while (!here.trySend(number(i))) {
        End.await(here.room());
      }
    }
    awaitLast();
    assertThat(here.datagramCounts().sendsDropped()).isZero();
    assertThat(numbers.count()).as("but for what a network loses").isGreaterThan(SENT / 4 * 3);
  }

  @Test
  void whatIsDroppedForFresherOnesIsCounted() {
    for (int i = 0; i < SENT; i++) {
      here.sendIdempotent(number(i), SendOptions.DEFAULT);
    }
    awaitLast();
    long dropped = here.datagramCounts().sendsDropped() + there.datagramCounts().receivesDropped();
    assertThat(dropped).isPositive();
    assertThat(SENT - dropped - numbers.count())
        .as("of %d received, neither counted nor received", numbers.count())
        .isBetween(-lastSaid, numbers.count() / 3L);
  }

  /** A datagram may be lost, so the last is said again. */
  private void awaitLast() {
    StateWait.until(
        () -> {
          lastSaid += here.trySend(number(SENT)) ? 1 : 0;
          return numbers.has(SENT);
        });
  }

  private static Payload number(int number) {
    byte[] bytes = new byte[1_000];
    ByteBuffer.wrap(bytes).putInt(number);
    return Payload.wrap(bytes);
  }

  /** Which numbers have come. */
  private static final class Numbers implements Flow.Subscriber<Received> {
    private final BitSet seen = new BitSet(); // guarded by this

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public synchronized void onNext(Received received) {
      seen.set(received.content().asByteBuffer().getInt());
    }

    @Override
    public void onError(Throwable cause) {}

    @Override
    public void onComplete() {}

    synchronized boolean has(int number) {
      return seen.get(number);
    }

    /** How many of those that count. */
    synchronized int count() {
      return seen.get(0, SENT).cardinality();
    }
  }
}
