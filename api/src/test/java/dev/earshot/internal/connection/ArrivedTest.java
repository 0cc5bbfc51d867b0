package dev.earshot.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.ContentMetadata;
import dev.earshot.Payload;
import dev.earshot.Received;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ArrivedTest {
  private final Arrived arrived = new Arrived();

  @Test
  void bytesAreJoinedUpToTheMinimumAndCutAtTheMaximum() {
    add(List.of(bytes("abc"), bytes("de"), bytes("fghi")));
    assertThat(text(arrived.take(4, 6))).isEqualTo("abcdef");
    assertThat(text(arrived.take(1, 2))).isEqualTo("gh");
    assertThat(arrived.take(2, 5)).isNull();
    assertThat(text(arrived.take(1, 5))).isEqualTo("i");
    assertThat(arrived.isEmpty()).isTrue();
  }

  @Test
  void onePieceThatIsEnoughIsHandedOnWithoutACopyOfItsNeighbour() {
    Received piece = bytes("abc");
    add(List.of(piece, bytes("de")));
    assertThat(arrived.take(1, 100)).isSameAs(piece);
  }

  @Test
  void fewerThanTheMinimumComeOnlyWithTheEnd() {
    add(List.of(bytes("abc"), bytes("d")));
    assertThat(arrived.take(10, 10)).isNull();
    add(List.of(Received.end(ContentMetadata.NONE)));
    Received last = arrived.take(10, 10);
    assertThat(text(last)).isEqualTo("abcd");
    assertThat(last.endOfStream()).isTrue();
    assertThat(arrived.isEmpty()).isTrue();
  }

  @Test
  void theEndThatHasArrivedComesTogetherWithTheLastBytes() {
    add(List.of(bytes("abc"), bytes("de"), Received.end(ContentMetadata.NONE)));
    assertThat(arrived.take(1, 10).endOfStream()).isFalse();
    Received last = arrived.take(1, 10);
    assertThat(text(last)).isEqualTo("de");
    assertThat(last.endOfStream()).isTrue();
    assertThat(arrived.isEmpty()).isTrue();
  }

  @Test
  void theEndDoesNotComeWithBytesOfWhichMoreIsLeft() {
    add(List.of(bytes("abc"), Received.end(ContentMetadata.NONE)));
    assertThat(arrived.take(1, 2).endOfStream()).isFalse();
    Received last = arrived.take(1, 2);
    assertThat(text(last)).isEqualTo("c");
    assertThat(last.endOfStream()).isTrue();
  }

  @Test
  void aMessageIsWholeAndNotTheEnd() {
    add(List.of(message("ab"), Received.end(ContentMetadata.NONE)));
    assertThat(arrived.take(1, 10).endOfStream()).isFalse();
    assertThat(arrived.take(1, 10).endOfStream()).isTrue();
  }

  @Test
  void theEndMayComeWithTheLastContent() {
    Received last = new Received(Payload.utf8("cd"), ContentMetadata.NONE, false, true);
    add(List.of(bytes("ab"), last));
    assertThat(text(arrived.take(3, 3))).isEqualTo("abc");
    Received rest = arrived.take(3, 3);
    assertThat(text(rest)).isEqualTo("d");
    assertThat(rest.endOfStream()).isTrue();
  }

  @Test
  void messagesAreNeverJoined() {
    add(List.of(message("ab"), message("cd")));
    Received first = arrived.take(3, 10);
    assertThat(text(first)).isEqualTo("ab");
    assertThat(first.endOfMessage()).isTrue();
  }

  @Test
  void aMessageMayBeReadInParts() {
    add(List.of(message("abcde")));
    Received part = arrived.take(1, 2);
    assertThat(text(part)).isEqualTo("ab");
    assertThat(part.endOfMessage()).isFalse();
    Received rest = arrived.take(1, Integer.MAX_VALUE);
    assertThat(text(rest)).isEqualTo("cde");
    assertThat(rest.endOfMessage()).isTrue();
    assertThat(rest.metadata()).isEqualTo(ContentMetadata.BINARY);
  }

  @Test
  void emptyMessagesAreMessagesAndEmptyBytesAreNothing() {
    add(List.of(bytes(""), message("")));
    assertThat(arrived.take(1, 10)).isEqualTo(message(""));
    add(List.of(bytes("")));
    assertThat(arrived.isEmpty()).isTrue();
    List<Received> mixed = List.of(bytes(""), message("a"), bytes(""), bytes("b"), bytes(""));
    add(mixed);
    assertThat(arrived.take(1, 10)).isEqualTo(message("a"));
    assertThat(text(arrived.take(1, 10))).isEqualTo("b");
    assertThat(arrived.isEmpty()).isTrue();
    assertThat(arrived.consumed())
        .isEqualTo(
            Batch.of(List.of(bytes(""), message(""), bytes(""))).cost() + Batch.of(mixed).cost());
  }

  @Test
  void whateverHappensTheCostThatCameInIsTheCostThatWentOut() {
    Random random = new Random(3);
    for (int round = 0; round < 200; round++) {
      Arrived queue = new Arrived();
      long cost = 0;
      long length = 0;
      for (int i = 0; i < 20; i++) {
        Received piece = bytes("x".repeat(random.nextInt(300)));
        Batch come = Batch.of(List.of(piece));
        cost += come.cost();
        length += come.bytes();
        queue.add(come);
        int minimum = 1 + random.nextInt(200);
        Received read = queue.take(minimum, minimum + random.nextInt(200));
        length -= read == null ? 0 : read.content().length();
      }
      while (!queue.isEmpty()) {
        Received read = queue.take(1, 1 + random.nextInt(50));
        length -= read == null ? 0 : read.content().length();
      }
      assertThat(length).isZero();
      assertThat(queue.consumed()).isEqualTo(cost);
    }
  }

  private void add(List<Received> come) {
    arrived.add(Batch.of(come));
  }

  private static String text(Received received) {
    assertThat(received).isNotNull();
    return received.content().toUtf8String();
  }

  private static Received bytes(String text) {
    return Received.bytes(Payload.utf8(text));
  }

  private static Received message(String text) {
    return Received.message(Payload.utf8(text), ContentMetadata.BINARY);
  }
}
