package dev.earshot.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.ConnectionLostException;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import dev.earshot.UnsupportedException;
import dev.earshot.testing.LinkFault;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code bytes()}: what is shown there is used again afterwards, and nothing else is. Arrays that
 * come back are spoiled at once, so that whoever still reads one sees it.
 */
class LentBytesTest {
  private static final Duration WHILE = Duration.ofSeconds(1);
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Parameters TCP = Parameters.tcp().build();

  private final Neighbours neighbours = new Neighbours(31);
  private final Borrower borrower = new Borrower();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, Long.MAX_VALUE})
  void allBytesComeInOrderAndEveryArrayGoesBack(long demand) {
    LiveConnection connection = neighbours.connected(TCP);
    borrower.demand = demand;
    connection.bytes().subscribe(borrower);
    neighbours.passing(WHILE);
    byte[] content = new byte[300_000];
    new Random(1).nextBytes(content);
    neighbours.other().send(Payload.copyOf(content), SendOptions.FINAL);
    neighbours.passing(LONG);
    assertThat(borrower.bytes.toByteArray()).isEqualTo(content);
    assertThat(borrower.signals).containsExactly("subscribed", "complete");
    assertThat(neighbours.wire.lentPieces().lent()).isPositive();
    assertThat(neighbours.wire.lentPieces().givenBack())
        .isEqualTo(neighbours.wire.lentPieces().lent());
  }

  @Test
  void buffersMayOnlyBeRead() {
    LiveConnection connection = neighbours.connected(TCP);
    connection.bytes().subscribe(borrower);
    send("some");
    assertThatThrownBy(() -> borrower.last().put(0, (byte) 1))
        .isInstanceOf(ReadOnlyBufferException.class);
  }

  @Test
  void whatWasLentAndThenReadAsContentIsNeverUsedAgain() {
    LiveConnection connection = neighbours.connected(TCP);
    borrower.demand = 1;
    borrower.atMost = 1;
    connection.bytes().subscribe(borrower);
    send("first");
    send("second"); // lent, and waits for demand
    borrower.subscription().cancel();
    neighbours.passing(WHILE);
    int back = neighbours.wire.lentPieces().givenBack();
    CompletableFuture<Received> part = connection.receive(1, 3);
    neighbours.passing(WHILE);
    Borrower next = new Borrower();
    connection.bytes().subscribe(next);
    send("third");
    String all = borrower + part.join().content().toUtf8String() + next;
    assertThat(all).isEqualTo("firstsecondthird");
    assertThat(part.join().content()).as("kept").isNotEqualTo(Payload.utf8("###"));
    assertThat(neighbours.wire.lentPieces().givenBack() - back)
        .as("a piece of which a part was kept stays where it is")
        .isLessThan(neighbours.wire.lentPieces().lent() - back);
  }

  @Test
  void readsComeFirst() {
    LiveConnection connection = neighbours.connected(TCP);
    connection.bytes().subscribe(borrower);
    neighbours.passing(WHILE);
    CompletableFuture<Received> read = connection.receive(4, 4);
    neighbours.passing(WHILE);
    send("readlent");
    assertThat(read.join().content()).isEqualTo(Payload.utf8("read"));
    assertThat(borrower.toString()).isEqualTo("lent");
    send("more");
    assertThat(read.join().content()).isEqualTo(Payload.utf8("read"));
  }

  @Test
  void theOneSubscriberIsSharedWithMessages() {
    LiveConnection connection = neighbours.connected(TCP);
    connection.bytes().subscribe(borrower);
    List<Throwable> refusals = new ArrayList<>();
    connection.messages().subscribe(new Refused<>(refusals));
    connection.bytes().subscribe(new Refused<>(refusals));
    neighbours.passing(WHILE);
    assertThat(refusals)
        .hasSize(2)
        .allSatisfy(
            refusal ->
                assertThat(refusal)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("messages() or bytes()"));
    send("still");
    assertThat(borrower.toString()).isEqualTo("still");
  }

  @Test
  void whoThrowsIsLetGoAndTheArrayGoesBack() {
    LiveConnection connection = neighbours.connected(TCP);
    borrower.throwing = true;
    connection.bytes().subscribe(borrower);
    send("first");
    assertThat(neighbours.wire.lentPieces().givenBack()).as("what it was shown").isEqualTo(1);
    CompletableFuture<Received> read = connection.receive(1, 100);
    send("second");
    String seen = borrower + read.join().content().toUtf8String();
    assertThat("firstsecond").startsWith(seen).doesNotStartWith("#");
  }

  @Test
  void aFailureComesAfterTheBytes() {
    LiveConnection connection = neighbours.connected(TCP);
    connection.bytes().subscribe(borrower);
    send("before");
    neighbours.wire.strike(LinkFault.CUT);
    neighbours.passing(LONG);
    assertThat(borrower.toString()).isEqualTo("before");
    assertThat(borrower.signals)
        .containsExactly("subscribed", ConnectionLostException.class.getSimpleName());
  }

  @Test
  void messagesHaveNoBytesAndTheSubscriberIsToldWhy() {
    LiveConnection connection = neighbours.connected(Parameters.webSocket().build());
    List<Throwable> refusals = new ArrayList<>();
    connection.bytes().subscribe(new Refused<>(refusals));
    neighbours.passing(WHILE);
    assertThat(refusals)
        .singleElement()
        .isInstanceOf(UnsupportedException.class)
        .asString()
        .contains(Neighbours.THERE, "messages()");
    connection.messages().subscribe(new Refused<>(refusals));
    neighbours.passing(WHILE);
    assertThat(refusals).as("its place is free").hasSize(1);
  }

  private void send(String text) {
    neighbours.other().trySend(Payload.utf8(text));
    neighbours.passing(WHILE);
  }

  /** Copies what it is shown. */
  private static final class Borrower implements Flow.Subscriber<ByteBuffer> {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final List<String> signals = new ArrayList<>();
    private long demand = Long.MAX_VALUE;
    private long atMost = Long.MAX_VALUE;
    private boolean throwing;
    private @Nullable Subscription subscription;
    private @Nullable ByteBuffer last;

    Subscription subscription() {
      assertThat(subscription).isNotNull();
      return subscription;
    }

    ByteBuffer last() {
      assertThat(last).isNotNull();
      return last;
    }

    @Override
    public void onSubscribe(Subscription made) {
      subscription = made;
      signals.add("subscribed");
      made.request(demand);
    }

    @Override
    public void onNext(ByteBuffer lent) {
      last = lent;
      assertThat(lent.hasRemaining()).isTrue();
      byte[] copy = new byte[lent.remaining()];
      lent.get(copy);
      bytes.writeBytes(copy);
      if (throwing) {
        throw new IllegalStateException("thrown on purpose");
      }
      if (demand < Long.MAX_VALUE && --atMost > 0) {
        subscription().request(1);
      }
    }

    @Override
    public void onError(Throwable thrown) {
      signals.add(thrown.getClass().getSimpleName());
    }

    @Override
    public void onComplete() {
      signals.add("complete");
    }

    @Override
    public String toString() {
      return bytes.toString(java.nio.charset.StandardCharsets.UTF_8);
    }
  }

  private record Refused<T>(List<Throwable> refusals) implements Flow.Subscriber<T> {
    @Override
    public void onSubscribe(Subscription subscription) {
      subscription.request(1);
    }

    @Override
    public void onNext(T item) {
      throw new AssertionError("not refused: " + item);
    }

    @Override
    public void onError(Throwable thrown) {
      refusals.add(thrown);
    }

    @Override
    public void onComplete() {
      throw new AssertionError("not refused, but over");
    }
  }
}
