package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.ConnectionLostException;
import dev.earshot.ContentMetadata;
import dev.earshot.ContentMetadata.Opcode;
import dev.earshot.FramingException;
import dev.earshot.NetworkException;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import dev.earshot.TooLargeException;
import dev.earshot.WebSocketOptions;
import dev.earshot.spi.Outgoing;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebSocketCodecTest {
  private final WebSocketCodec client =
      new WebSocketCodec(new MaskKeys(), WebSocketOptions.DEFAULT, "a server");
  private final WebSocketCodec server =
      new WebSocketCodec(null, WebSocketOptions.DEFAULT, "a client");

  private record Piece(Payload content, SendOptions options) implements Outgoing {}

  private static Piece piece(Payload content) {
    return new Piece(content, SendOptions.DEFAULT);
  }

  private static Piece piece(String text, Opcode opcode) {
    return new Piece(Payload.utf8(text), new SendOptions(metadata(opcode), false));
  }

  private static ContentMetadata.WebSocket metadata(Opcode opcode) {
    return new ContentMetadata.WebSocket(opcode, OptionalInt.empty());
  }

  private static Payload random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return Payload.wrap(bytes);
  }

  /** All output, in arrays of {@code room} bytes. */
  private static byte[] output(WebSocketCodec codec, int room) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] array = new byte[room + 7];
    while (codec.hasOutput()) {
      int end = codec.encode(array, 3, room);
      assertThat(end).isGreaterThan(3);
      all.write(array, 3, end - 3);
    }
    return all.toByteArray();
  }

  private static List<Received> decode(WebSocketCodec codec, byte[] bytes) throws NetworkException {
    List<Received> batch = new ArrayList<>();
    codec.decode(bytes, 0, bytes.length, batch);
    return batch;
  }

  private List<Received> send(WebSocketCodec from, WebSocketCodec to, Piece... pieces)
      throws NetworkException {
    List<Received> all = new ArrayList<>();
    for (Piece piece : pieces) {
      from.begin(piece);
      all.addAll(decode(to, output(from, 64 << 10)));
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 125, 126, 65_535, 65_536, 200_000})
  void whatOneSideEncodesTheOtherDecodes(int length) throws Exception {
    Piece piece = piece(random(length));
    Received expected = Received.message(piece.content(), ContentMetadata.BINARY);
    assertThat(send(client, server, piece, piece)).containsExactly(expected, expected);
    assertThat(send(server, client, piece, piece)).containsExactly(expected, expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {150, 151, 157, 160, 1_000})
  void aMessageMayLeaveInManyArrays(int room) throws Exception {
    for (int length : new int[] {0, 100, 140, 5_003}) {
      client.begin(piece(random(length)));
      assertThat(decode(server, output(client, room)))
          .containsExactly(Received.message(random(length), ContentMetadata.BINARY));
    }
  }

  @Test
  void framesAreInTheShortestForm() throws Exception {
    server.begin(piece(random(125)));
    assertThat(output(server, 65_536)).startsWith(0x82, 125).hasSize(127);
    server.begin(piece(random(126)));
    assertThat(output(server, 65_536)).startsWith(0x82, 126, 0, 126).hasSize(130);
    server.begin(piece(random(65_536)));
    assertThat(output(server, 65_536)).startsWith(0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0);
  }

  @Test
  void twoFramesHaveTwoKeys() throws Exception {
    Payload zeros = Payload.wrap(new byte[4]);
    client.begin(piece(zeros));
    byte[] first = output(client, 65_536);
    client.begin(piece(zeros));
    assertThat(output(client, 65_536)).isNotEqualTo(first);
  }

  @Test
  void textStaysText() throws Exception {
    assertThat(send(client, server, new Piece(Payload.utf8("ja"), SendOptions.TEXT)))
        .containsExactly(Received.message(Payload.utf8("ja"), ContentMetadata.TEXT));
  }

  @Test
  void aPingIsAnsweredByItselfAndThePongIsContentForWhoAsked() throws Exception {
    assertThat(send(client, server, piece("are you there", Opcode.PING))).isEmpty();
    assertThat(server.hasOutput()).isTrue();
    assertThat(decode(client, output(server, 65_536)))
        .containsExactly(Received.message(Payload.utf8("are you there"), metadata(Opcode.PONG)));
  }

  @Test
  void aPongThatNobodyAskedForIsDropped() throws Exception {
    assertThat(send(client, server, piece("hello", Opcode.PONG))).isEmpty();
    assertThat(server.hasOutput()).isFalse();
  }

  @Test
  void onlyAPongWithTheBytesOfAPingAnswersIt() throws Exception {
    for (int i = 0; i < 100; i++) {
      client.begin(piece("ping " + i, Opcode.PING));
      output(client, 65_536);
    }
    Frames unasked = new Frames(false).add(0x8A, "ping").add(0x8A, "").add(0x8A, "ping 0");
    assertThat(decode(client, unasked.toByteArray())).as("the oldest are forgotten").isEmpty();
    // RFC 6455, section 5.5.3: only the latest of several pings need be answered.
    assertThat(decode(client, new Frames(false).add(0x8A, "ping 98").toByteArray()))
        .containsExactly(Received.message(Payload.utf8("ping 98"), metadata(Opcode.PONG)));
    assertThat(decode(client, new Frames(false).add(0x8A, "ping 97").toByteArray())).isEmpty();
    assertThat(decode(client, new Frames(false).add(0x8A, "ping 99").toByteArray())).hasSize(1);
    assertThat(decode(client, new Frames(false).add(0x8A, "ping 99").toByteArray())).isEmpty();
  }

  @Test
  void whatCannotBeSentEndsItAsAnInternalError() {
    assertThatThrownBy(() -> client.begin(new Piece(random(126), piece("", Opcode.PING).options())))
        .isInstanceOf(TooLargeException.class);
    assertThat(client.hasOutput()).isTrue();
    assertThatThrownBy(() -> server.begin(new Piece(random(126), piece("", Opcode.PONG).options())))
        .isInstanceOf(TooLargeException.class);
    assertThat(output(server, 65_536)).isEqualTo(new byte[] {(byte) 0x88, 2, 0x03, (byte) 0xF3});
  }

  @Test
  void eachOfAFewPingsIsAnsweredInOrderAndOfAFloodTheLast() throws Exception {
    Frames flood = new Frames(true);
    for (int i = 0; i < 10; i++) {
      flood.add(0x89, "" + i);
    }
    decode(server, flood.toByteArray());
    Frames pongs = new Frames(false);
    for (int i = 0; i < 10; i++) {
      pongs.add(0x8A, "" + i);
    }
    assertThat(output(server, 65_536)).isEqualTo(pongs.toByteArray());
    for (int i = 0; i < 1_000; i++) {
      decode(server, flood.toByteArray());
    }
    byte[] answer = output(server, 65_536);
    assertThat(answer)
        .hasSizeLessThan(100)
        .endsWith(new Frames(false).add(0x8A, "9").toByteArray());
  }

  @Test
  void aPongWaitsForTheMessageThatIsBeingWritten() throws Exception {
    server.begin(piece(random(1_000)));
    byte[] array = new byte[1_000];
    int end = server.encode(array, 0, 500);
    decode(server, new Frames(true).add(0x89, "now").toByteArray());
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(array, 0, end);
    all.writeBytes(output(server, 65_536));
    assertThat(all.toByteArray()).endsWith(new Frames(false).add(0x8A, "now").toByteArray());
    assertThat(decode(client, all.toByteArray())).hasSize(1);
  }

  @Test
  void theFarewellIsTheEndOfTheStreamAndIsEchoed() throws Exception {
    client.sayFarewell();
    Received end =
        new Received(
            Payload.empty(),
            new ContentMetadata.WebSocket(Opcode.CLOSE, OptionalInt.of(1000)),
            false,
            true);
    assertThat(decode(server, output(client, 65_536))).containsExactly(end);
    assertThat(client.hasSaidFarewell()).isTrue();
    assertThat(server.hasHeardFarewell()).isTrue();
    server.sayFarewell();
    assertThat(decode(client, output(server, 65_536))).containsExactly(end);
    assertThat(client.hasHeardFarewell()).isTrue();
    server.ended(new ArrayList<>()); // as it should be
  }

  @Test
  void aFarewellOfTheUsersOwnCarriesItsCodeAndReason() throws Exception {
    SendOptions bye =
        new SendOptions(new ContentMetadata.WebSocket(Opcode.CLOSE, OptionalInt.of(4001)), false);
    List<Received> heard = send(client, server, new Piece(Payload.utf8("bedtime"), bye));
    assertThat(heard).hasSize(1);
    assertThat(heard.get(0).content().toUtf8String()).isEqualTo("bedtime");
    assertThat(heard.get(0).metadata()).isEqualTo(bye.metadata());
    assertThat(client.hasSaidFarewell()).isTrue();
    server.sayFarewell();
    assertThat(output(server, 65_536)).isEqualTo(new byte[] {(byte) 0x88, 2, 0x0F, (byte) 0xA1});
  }

  @Test
  void aSideThatGoesAwaySaysSo() {
    server.sayGoingAway();
    assertThat(output(server, 65_536)).isEqualTo(new byte[] {(byte) 0x88, 2, 0x03, (byte) 0xE9});
  }

  @Test
  void aSideThatGoesAwayEchoesWhatThePeerHasSaid() throws Exception {
    byte[] theirs = {0x0F, (byte) 0xA1};
    decode(server, new Frames(true).add(0x88, theirs).toByteArray());
    server.sayGoingAway();
    assertThat(output(server, 65_536)).isEqualTo(new byte[] {(byte) 0x88, 2, 0x0F, (byte) 0xA1});
  }

  @Test
  void aLastMessageThatWaitsIsNormalThoughItsSideGoesAway() throws Exception {
    server.begin(new Piece(Payload.empty(), SendOptions.FINAL));
    server.sayGoingAway();
    assertThat(output(server, 65_536)).isEqualTo(new byte[] {(byte) 0x88, 2, 0x03, (byte) 0xE8});
  }

  @Test
  void theLastMessageIsFollowedByTheFarewell() throws Exception {
    List<Received> heard = send(client, server, new Piece(Payload.utf8("last"), SendOptions.FINAL));
    assertThat(heard).hasSize(2);
    assertThat(heard.get(0).content().toUtf8String()).isEqualTo("last");
    assertThat(heard.get(1).endOfStream()).isTrue();
  }

  @Test
  void anEmptyLastPieceIsNoMessage() throws Exception {
    List<Received> heard = send(client, server, new Piece(Payload.empty(), SendOptions.FINAL));
    assertThat(heard).hasSize(1);
    assertThat(heard.get(0).endOfStream()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535})
  void aCloseCodeThatMayNotBeSentIsRefused(int code) {
    byte[] payload = {(byte) (code >> 8), (byte) code};
    assertThatThrownBy(() -> decode(server, new Frames(true).add(0x88, payload).toByteArray()))
        .isInstanceOf(FramingException.class);
    assertThat(server.hasOutput()).as("the program may answer what came before").isFalse();
    server.sayFarewell();
    assertThat(output(server, 65_536)).isEqualTo(new byte[] {(byte) 0x88, 2, 0x03, (byte) 0xEA});
  }

  @ParameterizedTest
  @ValueSource(ints = {1000, 1001, 1002, 1003, 1007, 1011, 1012, 1013, 1014, 3000, 4999})
  void aCloseCodeThatMayBeSentIsHeard(int code) throws Exception {
    byte[] payload = {(byte) (code >> 8), (byte) code, 'x'};
    List<Received> heard = decode(server, new Frames(true).add(0x88, payload).toByteArray());
    assertThat(((ContentMetadata.WebSocket) heard.get(0).metadata()).closeCode()).hasValue(code);
    assertThat(heard.get(0).content().toUtf8String()).isEqualTo("x");
  }

  @Test
  void aCloseFrameOfOneByteIsRefused() {
    assertThatThrownBy(() -> decode(server, new Frames(true).add(0x88, "x").toByteArray()))
        .isInstanceOf(FramingException.class);
  }

  @Test
  void aReasonThatIsNotUtf8IsRefusedWith1007() {
    byte[] payload = {0x03, (byte) 0xE8, (byte) 0xC0};
    assertThatThrownBy(() -> decode(server, new Frames(true).add(0x88, payload).toByteArray()))
        .isInstanceOf(FramingException.class);
    server.sayFarewell();
    assertThat(output(server, 65_536)).isEqualTo(new byte[] {(byte) 0x88, 2, 0x03, (byte) 0xEF});
  }

  @Test
  void anEndWithoutFarewellIsALoss() {
    assertThatThrownBy(() -> client.ended(new ArrayList<>()))
        .isInstanceOf(ConnectionLostException.class)
        .hasMessageContaining("without a farewell");
  }

  @Test
  void whatNoControlFrameCanCarryIsRefused() {
    assertThatThrownBy(() -> client.begin(new Piece(random(126), piece("", Opcode.PING).options())))
        .isInstanceOf(TooLargeException.class);
    assertThatThrownBy(
            () ->
                client.begin(
                    new Piece(
                        random(124),
                        new SendOptions(
                            new ContentMetadata.WebSocket(Opcode.CLOSE, OptionalInt.of(1000)),
                            false))))
        .isInstanceOf(TooLargeException.class);
    assertThatThrownBy(
            () ->
                client.begin(
                    new Piece(
                        Payload.empty(),
                        new SendOptions(
                            new ContentMetadata.WebSocket(Opcode.CLOSE, OptionalInt.of(1006)),
                            false))))
        .isInstanceOf(FramingException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 64, 125, 126, 1_000, 65_000})
  void aPieceThatIsWrittenWholeIsReadLikeAnyOther(int length) throws Exception {
    byte[] array = new byte[70_000];
    for (WebSocketCodec from : List.of(client, server)) {
      int end = from.encodeWhole(piece(random(length)), array, 5, array.length);
      end = from.encodeWhole(piece(random(3)), array, end, array.length);
      List<Received> read = new ArrayList<>();
      (from == client ? server : client).decode(array, 5, end, read);
      assertThat(read).extracting(Received::content).containsExactly(random(length), random(3));
      assertThat(from.hasOutput()).isFalse();
    }
  }

  @Test
  void aPieceIsWrittenWholeOnlyIfItFitsAndIsOfTheUsualKind() {
    byte[] array = new byte[100];
    assertThat(client.encodeWhole(piece(random(100)), array, 0, 100)).isEqualTo(-1);
    assertThat(client.encodeWhole(piece(random(10)), array, 80, 100)).isEqualTo(-1);
    assertThat(client.encodeWhole(piece("text", Opcode.TEXT), array, 0, 100)).isEqualTo(-1);
    Piece last = new Piece(random(10), SendOptions.FINAL);
    assertThat(client.encodeWhole(last, array, 0, 100)).isEqualTo(-1);
    assertThat(client.hasOutput()).isFalse();
    assertThat(array).containsOnly(0);
  }
}
