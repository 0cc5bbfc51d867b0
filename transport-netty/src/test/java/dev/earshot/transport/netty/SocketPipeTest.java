package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.ConnectionLostException;
import dev.earshot.FramingException;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import dev.earshot.WebSocketOptions;
import dev.earshot.spi.LentBytes;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SocketPipeTest {
  static {
    LeakWatch.begin();
  }

  private static final byte[] CLOSE_1000 = {(byte) 0x88, 2, 0x03, (byte) 0xE8};

  private final EmbeddedChannel embedded = new EmbeddedChannel();
  private final ScriptedStage stage = new ScriptedStage();
  private final PipeOwner owner = new PipeOwner();
  private final SocketPipe pipe = server();

  private SocketPipe server() {
    return pipe(new WebSocketCodec(null, WebSocketOptions.DEFAULT, "a peer"), false);
  }

  private SocketPipe pipe(PipeCodec codec, boolean peerClosesFirst) {
    return owner.pipe(embedded, stage, codec, peerClosesFirst);
  }

  private static byte[] client(int first, String payload) {
    return new Frames(true).add(first, payload).toByteArray();
  }

  private static byte[] frame(String payload) {
    return new Frames(false).add(0x82, payload).toByteArray();
  }

  /** Hands over {@code count} bytes as a stage does that asks for an array; which that was. */
  private static byte[] give(SocketPipe to, int count) {
    byte[] array = to.arrayFor(count);
    assertThat(array).hasSizeGreaterThanOrEqualTo(count);
    array[0] = 'x';
    to.given(array, count);
    return array;
  }

  @Test
  void whatIsGivenBackIsReadToAgain() {
    SocketPipe bytes = pipe(new ByteStreamCodec(), false);
    owner.givesBack = true;
    byte[] first = give(bytes, 60_000);
    byte[] second = give(bytes, 65_536);
    assertThat(second).as("while the first is still lent").isNotSameAs(first);
    assertThat(owner.batches)
        .hasSize(2)
        .allSatisfy(batch -> assertThat(batch).isInstanceOf(LentBytes.class));
    assertThat(owner.batches.get(0).get(0).content().length()).isEqualTo(60_000);
    ((LentBytes) owner.batches.get(0)).giveBack();
    assertThat(give(bytes, 50_000)).isSameAs(first);
    assertThat(give(bytes, 50_000)).isNotSameAs(first).isNotSameAs(second);
  }

  @Test
  void fewBytesAreNotWorthALargeArray() {
    SocketPipe bytes = pipe(new ByteStreamCodec(), false);
    owner.givesBack = true;
    give(bytes, 100);
    assertThat(owner.batches.get(0)).isNotInstanceOf(LentBytes.class);
    byte[] large = bytes.arrayFor(60_000);
    bytes.given(large, 100); // TLS had less to say than it seemed
    assertThat(owner.batches.get(1)).isNotInstanceOf(LentBytes.class);
    assertThat(owner.batches.get(1).get(0).content().length()).isEqualTo(100);
    assertThat(bytes.arrayFor(60_000)).as("nobody has it").isSameAs(large);
  }

  @Test
  void whoKeepsWhatComesGetsItForGood() {
    SocketPipe bytes = pipe(new ByteStreamCodec(), false);
    byte[] first = give(bytes, 60_000);
    assertThat(owner.batches.get(0)).isNotInstanceOf(LentBytes.class);
    assertThat(give(bytes, 60_000)).isNotSameAs(first);
    assertThat(pipe.arrayFor(60_000)).as("messages have arrays of their own").isNull();
  }

  @Test
  void manyBytesLeaveFromWhereTheyLieInTheSameWritesAsFew() {
    Random random = new Random(5);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    List<Payload> pieces = new ArrayList<>();
    for (int length : new int[] {65_536, 100, 65_536, 0, 20_000, 70_000, 8_191, 300_000, 1}) {
      byte[] piece = new byte[length];
      random.nextBytes(piece);
      all.writeBytes(piece);
      pieces.add(Payload.wrap(piece));
    }
    List<List<Integer>> writes = new ArrayList<>();
    for (boolean takesTails : new boolean[] {false, true}) {
      stage.takesTails = takesTails;
      stage.written.reset();
      stage.writes.clear();
      pieces.forEach(piece -> owner.outgoing.add(new PipeOwner.Piece(piece, SendOptions.DEFAULT)));
      owner.outgoing.add(new PipeOwner.Piece(Payload.wrap(new byte[65_280]), SendOptions.FINAL));
      SocketPipe bytes = pipe(new ByteStreamCodec(), false);
      bytes.wakeUp();
      assertThat(stage.written.toByteArray())
          .hasSize(all.size() + 65_280)
          .startsWith(all.toByteArray());
      assertThat(stage.calls).as("the end follows").contains("finish");
      writes.add(List.copyOf(stage.writes));
    }
    assertThat(stage.tails).isGreaterThan(5);
    assertThat(writes.get(1)).isEqualTo(writes.get(0));
  }

  @Test
  void aDrainIsOneWriteAndOneFlush() {
    owner.queue("a", "b", "c");
    pipe.wakeUp();
    assertThat(stage.text()).isEqualTo("\u0082\u0001a\u0082\u0001b\u0082\u0001c");
    assertThat(stage.flushes).isEqualTo(1);
    assertThat(owner.taken).isEqualTo(1);
  }

  @Test
  void nothingIsPolledWhileThereIsNoRoom() {
    stage.writable = false;
    owner.queue("a");
    pipe.wakeUp();
    assertThat(owner.polls).isZero();
    stage.makeWritable();
    assertThat(stage.written.toByteArray()).isEqualTo(frame("a"));
  }

  @Test
  void answersToOneBatchLeaveInOneWrite() {
    owner.onContent =
        () ->
            owner
                .batches
                .get(0)
                .forEach(
                    received -> {
                      owner.outgoing.add(
                          new PipeOwner.Piece(received.content(), SendOptions.DEFAULT));
                      pipe.wakeUp();
                    });
    pipe.read();
    stage.arrive(new Frames(true).add(0x82, "1").add(0x82, "2").add(0x82, "3").toByteArray());
    assertThat(stage.text()).isEqualTo("\u0082\u00011\u0082\u00012\u0082\u00013");
    assertThat(stage.flushes).isEqualTo(1);
  }

  @Test
  void wakingUpWhileBeingToldOfRoomDoesNotGrowTheStack() {
    int[] left = {100_000};
    owner.onTaken =
        () -> {
          if (left[0]-- > 0) {
            owner.queue("x");
            pipe.wakeUp();
          }
        };
    owner.queue("x");
    pipe.wakeUp();
    embedded.runPendingTasks(); // each turn of the loop does a part
    while (left[0] > 0) {
      embedded.runPendingTasks();
    }
    assertThat(owner.outgoing).isEmpty();
  }

  @Test
  void aSenderThatNeverEndsLetsOthersHaveTheirTurn() {
    owner.onTaken = () -> owner.queue("x".repeat(100));
    for (int i = 0; i < 100_000; i++) {
      owner.queue("x".repeat(100));
    }
    pipe.wakeUp();
    assertThat(stage.written.size()).isLessThanOrEqualTo(17 << 16);
    assertThat(embedded.hasPendingTasks()).isTrue();
  }

  @Test
  void aFullDrainFitsOneSegmentOfTheLoopbackInterface() {
    int segment =
        65_536 - 40 - 20 - 12; // its MTU, less the headers of IPv6 and TCP with timestamps
    int records = 4 * 37; // what AES-GCM and a header add to the four records of TLS 1.2
    owner.outgoing.add(new PipeOwner.Piece(Payload.wrap(new byte[1 << 20]), SendOptions.DEFAULT));
    pipe.wakeUp();
    assertThat(stage.writes).hasSizeGreaterThan(8);
    assertThat(stage.writes).allMatch(count -> count + records <= segment);
  }

  @Test
  void nothingIsReadBeforeItIsAskedFor() {
    assertThat(stage.reading).isFalse();
    pipe.putBack(client(0x82, "with the handshake"));
    assertThat(owner.batches).isEmpty();
    pipe.read();
    assertThat(owner.batches).hasSize(1);
    assertThat(stage.reading).isFalse();
    pipe.read();
    assertThat(stage.reading).isTrue();
  }

  @Test
  void aPartOfAMessageIsNotYetWhatWasAskedFor() {
    byte[] whole = client(0x82, "whole");
    pipe.read();
    stage.arrive(java.util.Arrays.copyOf(whole, 4));
    assertThat(owner.batches).isEmpty();
    assertThat(stage.reading).isTrue();
    stage.arrive(java.util.Arrays.copyOfRange(whole, 4, whole.length));
    assertThat(owner.batches.get(0).get(0).content()).isEqualTo(Payload.utf8("whole"));
    assertThat(stage.reading).isFalse();
  }

  @Test
  void aPingIsAnsweredWithoutContent() {
    pipe.read();
    stage.arrive(client(0x89, "hi"));
    assertThat(stage.written.toByteArray())
        .isEqualTo(new Frames(false).add(0x8A, "hi").toByteArray());
    assertThat(owner.batches).isEmpty();
    assertThat(stage.reading).isTrue();
  }

  @Test
  void aViolationEndsItAfterWhatCameBeforeAndIsToldToThePeer() {
    pipe.read();
    stage.arrive(new Frames(true).add(0x82, "fine").raw(0xFF).toByteArray());
    assertThat(owner.batches).hasSize(1);
    assertThat(stage.written.toByteArray()).isEqualTo(new byte[] {(byte) 0x88, 2, 3, (byte) 0xEA});
    assertThat(stage.calls).containsExactly("leave");
    assertThat(owner.failure).isInstanceOf(FramingException.class);
  }

  @Test
  void whatTheProgramAnswersBeforeAViolationLeavesBeforeTheFarewell() {
    List<Runnable> held = new ArrayList<>();
    owner.onEnding = held::add;
    pipe.read();
    stage.arrive(new Frames(true).add(0x82, "fine").raw(0xFF).toByteArray());
    assertThat(stage.text()).isEmpty();
    assertThat(stage.reading).isFalse();
    owner.queue("answer");
    held.get(0).run();
    assertThat(stage.text()).isEqualTo("\u0082\u0006answer\u0088\u0002\u0003\u00ea");
    assertThat(stage.calls).containsExactly("leave");
    assertThat(owner.failure).isInstanceOf(FramingException.class);
  }

  @Test
  void theProgramMayAnswerWhatCameBeforeThePeersFarewell() {
    List<Runnable> held = new ArrayList<>();
    owner.onEnding = held::add;
    pipe.read();
    stage.arrive(new Frames(true).add(0x82, "last").add(0x88, "").toByteArray());
    assertThat(stage.text()).isEmpty();
    owner.queue("answer");
    pipe.wakeUp();
    held.get(0).run();
    assertThat(stage.text()).isEqualTo("\u0082\u0006answer\u0088\u0000");
    assertThat(owner.ends).containsExactly("closed");
  }

  @Test
  void cancellingEndsTheTimeToAnswer() {
    List<Runnable> held = new ArrayList<>();
    owner.onEnding = held::add;
    pipe.read();
    stage.arrive(client(0x88, ""));
    pipe.close();
    assertThat(stage.text()).isEqualTo("\u0088\u0000");
    held.get(0).run();
    assertThat(owner.ends).containsExactly("closed");
  }

  @Test
  void aPeerThatBreaksTheRulesAndTakesNothingMoreIsGivenUpSoon() {
    stage.writable = false;
    owner.queue("never taken");
    pipe.read();
    stage.arrive(new byte[] {(byte) 0xFF});
    embedded.advanceTimeBy(999, TimeUnit.MILLISECONDS);
    embedded.runScheduledPendingTasks();
    assertThat(owner.ends).isEmpty();
    embedded.advanceTimeBy(1, TimeUnit.MILLISECONDS);
    embedded.runScheduledPendingTasks();
    assertThat(owner.failure).isInstanceOf(FramingException.class);
    assertThat(stage.calls).containsExactly("abort");
  }

  @Test
  void theConnectingSideThatFindsAViolationLetsThePeerEndTcpFirstToo() {
    SocketPipe client =
        pipe(new WebSocketCodec(new MaskKeys(), WebSocketOptions.DEFAULT, "a peer"), true);
    client.read();
    stage.arrive(new byte[] {(byte) 0xFF});
    assertThat(stage.calls).containsExactly("leave after the peer");
  }

  @Test
  void thePeersFarewellIsAnsweredAfterWhatWasTakenAndItIsOverOnceThatIsSent() {
    stage.sendsAtOnce = false;
    stage.writable = false;
    owner.queue("queued");
    pipe.read();
    stage.arrive(client(0x88, "\u0003\u00e8".substring(0, 0)));
    assertThat(owner.batches.get(0).get(0).endOfStream()).isTrue();
    stage.makeWritable();
    assertThat(stage.text()).isEqualTo("\u0082\u0006queued\u0088\u0000");
    assertThat(owner.ends).isEmpty();
    stage.sent();
    assertThat(stage.calls).containsExactly("finish", "leave");
    assertThat(owner.ends).containsExactly("closed");
  }

  /** So that under TLS its farewell and ours are one segment. */
  @Test
  void theAnswerToAFarewellLeavesTogetherWithWhatTheStagesBelowSayAtTheEnd() {
    pipe.read();
    stage.arrive(client(0x88, ""));
    assertThat(stage.text()).isEqualTo("\u0088\u0000");
    assertThat(stage.flushes).as("finishing does it").isZero();
    assertThat(stage.calls).containsExactly("finish", "leave");
  }

  @Test
  void theConnectingSideAnswersAFarewellAtOnceAndLetsThePeerEndTcpFirst() {
    SocketPipe client =
        pipe(new WebSocketCodec(new MaskKeys(), WebSocketOptions.DEFAULT, "a peer"), true);
    client.read();
    stage.arrive(new Frames(false).add(0x88, "").toByteArray());
    assertThat(stage.flushes).isEqualTo(1);
    assertThat(stage.calls).containsExactly("leave after the peer");
  }

  @Test
  void aPeerThatSaysFarewellAndTakesNothingMoreIsGivenUp() {
    stage.writable = false;
    owner.queue("never taken");
    pipe.read();
    stage.arrive(client(0x88, ""));
    embedded.advanceTimeBy(9, TimeUnit.SECONDS);
    embedded.runScheduledPendingTasks();
    assertThat(owner.ends).isEmpty();
    embedded.advanceTimeBy(1, TimeUnit.SECONDS);
    embedded.runScheduledPendingTasks();
    assertThat(owner.ends).containsExactly("closed");
    assertThat(stage.calls).containsExactly("abort");
  }

  @Test
  void abortingAfterTheFarewellWasSentDestroysNothing() {
    owner.queue("last words");
    pipe.close();
    pipe.abort();
    assertThat(stage.calls).containsExactly("leave");
    assertThat(owner.ends).isEmpty();
  }

  @Test
  void closingSendsWhatWasTakenThenSaysFarewellAndWaitsForThePeers() {
    owner.queue("last words");
    pipe.close();
    assertThat(stage.text()).isEqualTo("\u0082\nlast words\u0088\u0002\u0003\u00e8");
    stage.arrive(new Frames(true).add(0x82, "dropped").toByteArray());
    assertThat(owner.batches).isEmpty();
    assertThat(owner.ends).isEmpty();
    stage.arrive(client(0x88, ""));
    assertThat(owner.ends).containsExactly("closed");
    assertThat(stage.calls).containsExactly("leave");
  }

  @Test
  void theConnectingSideLetsThePeerEndTcpFirst() {
    SocketPipe client =
        pipe(new WebSocketCodec(new MaskKeys(), WebSocketOptions.DEFAULT, "a peer"), true);
    client.close();
    stage.arrive(new Frames(false).add(0x88, "").toByteArray());
    assertThat(stage.calls).containsExactly("leave after the peer");
  }

  @Test
  void aPeerThatGoesAfterOurFarewellWithoutItsOwnIsGoneInOrder() {
    pipe.close();
    stage.end();
    assertThat(owner.ends).containsExactly("closed");
  }

  @Test
  void aPeerThatGoesWithoutFarewellIsLost() {
    pipe.read();
    stage.end();
    assertThat(owner.failure).isInstanceOf(ConnectionLostException.class);
    assertThat(stage.calls).containsExactly("leave");
  }

  @Test
  void aResetIsALossUnlessAllWasSaid() {
    stage.fail(new IOException("Connection reset by peer"));
    assertThat(owner.failure)
        .isInstanceOf(ConnectionLostException.class)
        .hasMessage("connection with a peer: reset");
  }

  @Test
  void aResetAfterOurFarewellWasSentIsAnEnd() {
    pipe.close();
    stage.fail(new IOException("Connection reset by peer"));
    assertThat(owner.ends).containsExactly("closed");
  }

  @Test
  void aResetBeforeOurFarewellWasSentIsALoss() {
    stage.sendsAtOnce = false;
    pipe.close();
    stage.fail(new IOException("Broken pipe"));
    assertThat(owner.ends).containsExactly("failed");
  }

  @Test
  void nothingIsToldAfterAnAbort() {
    owner.onContent = pipe::abort;
    pipe.read();
    stage.arrive(new Frames(true).add(0x82, "x").raw(0xFF).toByteArray());
    stage.fail(new IOException("closed"));
    assertThat(owner.ends).isEmpty();
    assertThat(stage.calls).containsExactly("abort");
  }

  @Test
  void aStreamEndsInEachDirectionByItself() {
    SocketPipe stream = pipe(new ByteStreamCodec(), false);
    owner.queue("some");
    owner.outgoing.add(new PipeOwner.Piece(Payload.utf8("thing"), SendOptions.FINAL));
    stream.wakeUp();
    assertThat(stage.text()).isEqualTo("something");
    assertThat(stage.calls).containsExactly("finish");
    stream.read();
    stage.arrive("answer");
    assertThat(owner.batches.get(0)).containsExactly(Received.bytes(Payload.utf8("answer")));
    stream.read();
    stage.end();
    assertThat(owner.batches.get(1).get(0).endOfStream()).isTrue();
    assertThat(owner.ends).containsExactly("closed");
  }

  @Test
  void aStreamWhosePeerHasEndedStillSends() {
    SocketPipe stream = pipe(new ByteStreamCodec(), false);
    stream.read();
    stage.end();
    assertThat(owner.ends).isEmpty();
    owner.queue("late");
    stream.wakeUp();
    assertThat(stage.text()).isEqualTo("late");
    stream.close();
    assertThat(stage.calls).containsExactly("finish", "leave");
    assertThat(owner.ends).containsExactly("closed");
  }

  @Test
  void aStreamWhosePeerHasEndedStillSendsWithoutALimitAndReadsNoMore() {
    SocketPipe stream = pipe(new ByteStreamCodec(), false);
    stream.read();
    stage.end();
    stream.read();
    assertThat(stage.reading).isFalse();
    for (int i = 0; i < 400; i++) {
      owner.outgoing.add(
          new PipeOwner.Piece(Payload.wrap(new byte[64 << 10]), SendOptions.DEFAULT));
    }
    stream.wakeUp();
    while (embedded.hasPendingTasks()) {
      embedded.runPendingTasks();
    }
    assertThat(stage.written.size()).isEqualTo(400 << 16);
    assertThat(stage.calls).isEmpty();
  }

  @Test
  void theFarewellOfAFinalMessageIsSaidOnce() {
    owner.outgoing.add(new PipeOwner.Piece(Payload.empty(), SendOptions.FINAL));
    pipe.wakeUp();
    pipe.close();
    assertThat(stage.written.toByteArray()).isEqualTo(CLOSE_1000);
  }
}
