package dev.earshot.internal.connection;

import static dev.earshot.internal.connection.Neighbours.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.Connection.State;
import dev.earshot.ContentMetadata;
import dev.earshot.Framer;
import dev.earshot.FramingException;
import dev.earshot.NetworkException;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import dev.earshot.TooLargeException;
import dev.earshot.testing.LinkFault;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that carry messages on a stream of bytes, with every fault of the link. */
class FramedConnectionTest {
  private static final Duration WHILE = Duration.ofSeconds(1);
  private static final Framer TLV = Framer.tlv(4, 4).littleEndian().maximumMessageSize(1 << 20);
  private static final Parameters BYTES = Parameters.tcp().build();
  private static final Parameters FRAMED = Parameters.tcp().framer(TLV).build();

  private final Neighbours neighbours = new Neighbours(29);

  /** A framed connection here, and a stream of bytes there, whose user may break the rules. */
  private LiveConnection connectedToBytes(Parameters framed) {
    neighbours.listen(BYTES);
    LiveConnection connection = neighbours.start(neighbours.connection(framed));
    neighbours.passing(Duration.ofMillis(100));
    assertThat(connection.state()).isInstanceOf(State.Ready.class);
    return connection;
  }

  private static Payload hex(String digits) {
    return Payload.wrap(HexFormat.of().parseHex(digits));
  }

  private NetworkException failureOf(LiveConnection connection) {
    assertThat(connection.state()).isInstanceOf(State.Failed.class);
    return ((State.Failed) connection.state()).cause();
  }

  @Test
  void messagesArriveWholeInOrderAndWithTheirType() {
    neighbours.wire.capacity(700);
    LiveConnection connection = neighbours.connected(FRAMED);
    List<Received> expected = new ArrayList<>();
    List<CompletableFuture<Received>> reads = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      Payload content = Payload.wrap(new byte[i % 3 == 0 ? 0 : i * 17]);
      connection.send(content, SendOptions.typed(i));
      reads.add(neighbours.other().receiveMessage());
      expected.add(Received.message(content, new ContentMetadata.Typed(i)));
    }
    neighbours.passing(Duration.ofMinutes(1));
    assertThat(reads.stream().map(CompletableFuture::join)).containsExactlyElementsOf(expected);
  }

  @Test
  void aMessageIsReadInPartsOfTheLengthThatWasAskedFor() {
    LiveConnection connection = neighbours.connected(FRAMED);
    neighbours.other().send(Payload.utf8("abcdef"), SendOptions.typed(4));
    ContentMetadata type = new ContentMetadata.Typed(4);
    assertThat(neighbours.time.await(connection.receive(1, 4)))
        .isEqualTo(new Received(Payload.utf8("abcd"), type, false, false));
    assertThat(neighbours.time.await(connection.receive(4, 100)))
        .isEqualTo(new Received(Payload.utf8("ef"), type, true, false));
  }

  @Test
  void aMessageAboveTheLimitIsRefusedWhereItIsSent() {
    Parameters small = Parameters.tcp().framer(Framer.lengthPrefixed(1)).build();
    LiveConnection connection = neighbours.connected(small);
    Payload tooLong = Payload.wrap(new byte[256]);
    CompletableFuture<Void> sent = connection.send(tooLong);
    assertThat(connection.trySend(tooLong)).isFalse();
    connection.sendIdempotent(tooLong, SendOptions.DEFAULT);
    neighbours.passing(WHILE);
    assertThat(failure(sent))
        .isInstanceOf(TooLargeException.class)
        .hasMessageContaining("256")
        .hasMessageContaining("255")
        .hasMessageContaining("10.0.0.2");
    connection.send(Payload.wrap(new byte[255]));
    assertThat(neighbours.time.await(neighbours.other().receiveMessage()).content().length())
        .isEqualTo(255);
  }

  @Test
  void aTypeThatDoesNotFitIsRefusedAtOnce() {
    Parameters narrow = Parameters.tcp().framer(Framer.tlv(1, 4)).build();
    LiveConnection connection = neighbours.connection(narrow);
    assertThatThrownBy(() -> connection.send(Payload.empty(), SendOptions.typed(256)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("256");
  }

  @Test
  void whatCameBeforeAHostileLengthIsReadAndTheConnectionHasFailed() {
    LiveConnection connection = connectedToBytes(FRAMED);
    CompletableFuture<Void> waiting = connection.send(Payload.wrap(new byte[2 << 19]));
    neighbours.other().send(hex("0100000001000000ff" + "02000000" + "01001000"));
    CompletableFuture<Received> first = connection.receiveMessage();
    CompletableFuture<Received> second = connection.receiveMessage();
    neighbours.passing(WHILE);
    assertThat(first.join().content()).isEqualTo(hex("ff"));
    assertThat(failure(second))
        .isInstanceOf(FramingException.class)
        .hasMessageContaining("10.0.0.2:4242")
        .hasMessageContaining("1048577")
        .hasMessageContaining("1048576");
    assertThat(failureOf(connection)).isSameAs(failure(second));
    assertThat(waiting).isDone();
    neighbours.other().cancel();
    neighbours.passing(WHILE);
    neighbours.verifyNothingIsHeld();
  }

  @ParameterizedTest
  @ValueSource(strings = {"01", "0100000004000000", "0100000004000000616263"})
  void aStreamThatEndsWithinAMessageIsTruncated(String bytes) {
    LiveConnection connection = connectedToBytes(FRAMED);
    neighbours.other().send(hex("0100000000000000" + bytes), SendOptions.FINAL);
    CompletableFuture<Received> whole = connection.receiveMessage();
    CompletableFuture<Received> cut = connection.receiveMessage();
    neighbours.passing(WHILE);
    assertThat(whole.join().endOfMessage()).isTrue();
    assertThat(failure(cut)).isInstanceOf(FramingException.class).hasMessageContaining("ended");
    assertThat(failureOf(connection)).isInstanceOf(FramingException.class);
  }

  @Test
  void afterItsFinalMessageASideStillReceives() {
    LiveConnection connection = neighbours.connected(FRAMED);
    connection.send(Payload.utf8("question"), new SendOptions(ContentMetadata.NONE, true));
    Received question = neighbours.time.await(neighbours.other().receiveMessage());
    assertThat(question.content()).isEqualTo(Payload.utf8("question"));
    assertThat(question.endOfMessage()).isTrue();
    assertThat(neighbours.time.await(neighbours.other().receiveMessage()).endOfStream()).isTrue();
    neighbours.other().send(Payload.utf8("answer"));
    neighbours.other().send(Payload.empty(), SendOptions.FINAL);
    assertThat(neighbours.time.await(connection.receiveMessage()).content())
        .isEqualTo(Payload.utf8("answer"));
    Received end = neighbours.time.await(connection.receiveMessage());
    assertThat(end.endOfStream()).isTrue();
    assertThat(end.endOfMessage()).isFalse();
    neighbours.passing(WHILE);
    assertThat(connection.state()).isEqualTo(new State.Cancelled());
    neighbours.verifyNothingIsHeld();
  }

  @Test
  void whoDoesNotReadSlowsTheSenderDown() {
    neighbours.wire.capacity(1_000);
    Parameters small = Parameters.tcp().framer(TLV).receiveBuffer(1_000).sendBudget(10_000).build();
    LiveConnection connection = neighbours.connected(small);
    int taken = 0;
    while (connection.trySend(Payload.wrap(new byte[100]))) {
      taken++;
      neighbours.passing(Duration.ofMillis(10));
      assertThat(taken).isLessThan(5_000);
    }
    CompletableFuture<Void> room = connection.send(Payload.wrap(new byte[100]));
    neighbours.passing(WHILE);
    assertThat(room).isNotDone();
    for (int i = 0; i < taken + 1; i++) {
      assertThat(neighbours.time.await(neighbours.other().receiveMessage()).content().length())
          .isEqualTo(100);
    }
    assertThat(room).isCompleted();
  }

  @Test
  void cancelSendsWhatWasTaken() {
    neighbours.wire.capacity(3_000);
    LiveConnection connection = neighbours.connected(FRAMED);
    List<CompletableFuture<Received>> reads = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      reads.add(neighbours.other().receiveMessage());
      assertThat(connection.trySend(Payload.wrap(new byte[i % 2 == 0 ? 10 : 5_000]))).isTrue();
    }
    CompletableFuture<Received> end = neighbours.other().receiveMessage();
    connection.cancel();
    end.thenRun(neighbours.other()::cancel);
    neighbours.passing(Duration.ofSeconds(2));
    assertThat(reads).allSatisfy(read -> assertThat(read.join().endOfMessage()).isTrue());
    assertThat(end.join().endOfStream()).isTrue();
    neighbours.verifyNothingIsHeld();
  }

  @ParameterizedTest
  @EnumSource(LinkFault.class)
  void everyOutstandingOperationCompletesWhateverHappensToTheLink(LinkFault fault) {
    neighbours.wire.capacity(2_000);
    Parameters framed = Parameters.tcp().framer(TLV).handshakeTimeout(WHILE).build();
    neighbours.listen(framed);
    neighbours.wire.plan(fault);
    LiveConnection connection = neighbours.start(neighbours.connection(framed));
    List<CompletableFuture<?>> outstanding = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      outstanding.add(connection.send(Payload.wrap(new byte[1_000 * i])));
      outstanding.add(connection.receiveMessage());
    }
    neighbours.passing(Duration.ofSeconds(20));
    neighbours.accepted.forEach(other -> outstanding.add(other.receiveMessage()));
    neighbours.accepted.forEach(other -> outstanding.add(other.send(Payload.wrap(new byte[5]))));
    neighbours.passing(WHILE);
    connection.cancel();
    neighbours.accepted.forEach(LiveConnection::cancel);
    neighbours.passing(Duration.ofMinutes(1));
    assertThat(outstanding).allSatisfy(future -> assertThat(future).isDone());
    neighbours.verifyNothingIsHeld();
  }

  @Test
  void aFramerThatThrowsWhileItWritesEndsTheConnection() {
    LiveConnection connection = connectedToBytes(Parameters.tcp().framer(new Thrower()).build());
    CompletableFuture<Received> read = connection.receiveMessage();
    connection.trySend(Payload.utf8("a"));
    neighbours.passing(WHILE);
    assertThat(failure(read))
        .isInstanceOf(FramingException.class)
        .hasMessageContaining("sending to 10.0.0.2:4242")
        .hasMessageContaining("on purpose");
    neighbours.other().cancel();
    neighbours.passing(WHILE);
    neighbours.verifyNothingIsHeld();
  }

  private static final class Thrower implements Framer {
    @Override
    public int maximumHeaderSize() {
      return 1;
    }

    @Override
    public int maximumMessageSize() {
      return 1;
    }

    @Override
    public Optional<Frame> readHeader(ByteBuffer bytes) {
      throw new IllegalStateException("on purpose");
    }

    @Override
    public void writeHeader(ByteBuffer target, int contentSize, ContentMetadata metadata) {
      throw new IllegalStateException("on purpose");
    }
  }
}
