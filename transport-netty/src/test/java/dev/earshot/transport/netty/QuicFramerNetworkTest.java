package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.ConnectionLostException;
import dev.earshot.ContentMetadata;
import dev.earshot.Framer;
import dev.earshot.FramingException;
import dev.earshot.Identity;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.QuicOptions;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import dev.earshot.TooLargeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Messages on streams of QUIC over real sockets: the listening side has a framer, the other mostly
 * none, so that it says byte by byte what comes.
 */
@Tag("network")
@ParameterizedClass
@MethodSource("natives")
class QuicFramerNetworkTest {
  private static final int LIMIT = 100_000;

  @Parameter String natives;

  private QuicPair pair;
  private final QuicPair.Side dialling = new QuicPair.Side();

  static Stream<String> natives() {
    return Natives.names();
  }

  /** How messages are told apart. */
  private enum Form {
    LENGTH_PREFIXED {
      @Override
      Framer framer() {
        return Framer.lengthPrefixed(4).maximumMessageSize(LIMIT);
      }

      @Override
      byte[] header(int type, int length) {
        return ByteBuffer.allocate(4).putInt(length).array();
      }

      @Override
      ContentMetadata metadata(int type) {
        return ContentMetadata.NONE;
      }
    },
    TLV {
      @Override
      Framer framer() {
        return Framer.tlv(2, 4).maximumMessageSize(LIMIT);
      }

      @Override
      byte[] header(int type, int length) {
        return ByteBuffer.allocate(6).putShort((short) type).putInt(length).array();
      }

      @Override
      ContentMetadata metadata(int type) {
        return new ContentMetadata.Typed(type);
      }
    };

    abstract Framer framer();

    abstract byte[] header(int type, int length);

    abstract ContentMetadata metadata(int type);

    byte[] frame(int type, String content) {
      byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
      return joined(List.of(header(type, bytes.length), bytes));
    }

    Received message(int type, String content) {
      return Received.message(Payload.utf8(content), metadata(type));
    }

    SendOptions options(int type) {
      return this == TLV ? SendOptions.typed(type) : SendOptions.DEFAULT;
    }
  }

  @BeforeEach
  void open() {
    pair = new QuicPair(natives);
  }

  @AfterEach
  void close() {
    pair.close();
  }

  /** A stream of bytes to somebody who reads messages of {@code form}. */
  private Connection bytesTo(Form form) {
    return group(form, false).openStream().start();
  }

  private ConnectionGroup group(Form form, boolean framed) {
    Parameters there = parameters(QuicPair.DEN, QuicPair.LAB);
    Parameters here = parameters(QuicPair.LAB, QuicPair.DEN);
    pair.listen(there.toBuilder().framer(form.framer()).build());
    return End.await(
        pair.dial(framed ? here.toBuilder().framer(form.framer()).build() : here, dialling)
            .ready());
  }

  /** With little room, so that long messages come in many turns. */
  private static Parameters parameters(Identity own, Identity other) {
    QuicOptions options = QuicPair.options().streamWindow(16 << 10).build();
    return QuicPair.parameters(own, other, options);
  }

  private static byte[] joined(List<byte[]> parts) {
    ByteBuffer all = ByteBuffer.allocate(parts.stream().mapToInt(part -> part.length).sum());
    parts.forEach(all::put);
    return all.array();
  }

  private static Payload part(byte[] bytes, int from, int to) {
    return Payload.wrap(Arrays.copyOfRange(bytes, from, to));
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void aMessageThatIsCutAnywhereIsWholeAgain(Form form) {
    Connection bytes = bytesTo(form);
    byte[] before = form.frame(1, "before");
    byte[] cut = form.frame(258, "cut somewhere");
    Connection messages = null;
    for (int at = 0; at <= cut.length; at++) {
      bytes.send(Payload.wrap(joined(List.of(before, part(cut, 0, at).toByteArray()))));
      if (messages == null) {
        messages = pair.listening().next();
      }
      // Once this is read, what came with it has come too, and the rest has not even been sent.
      assertThat(End.await(messages.receiveMessage())).isEqualTo(form.message(1, "before"));
      bytes.send(part(cut, at, cut.length));
      assertThat(End.await(messages.receiveMessage()))
          .as("cut at %d", at)
          .isEqualTo(form.message(258, "cut somewhere"));
    }
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void messagesThatComeJoinedAreApartAgainAndTheEndComesAlone(Form form) {
    Connection bytes = bytesTo(form);
    List<byte[]> frames = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      frames.add(form.frame(i, "m".repeat(i % 7)));
    }
    bytes.send(Payload.wrap(joined(frames)), SendOptions.FINAL);
    Connection messages = pair.listening().next();
    for (int i = 0; i < 1_000; i++) {
      assertThat(End.await(messages.receiveMessage()))
          .isEqualTo(form.message(i, "m".repeat(i % 7)));
    }
    assertThat(End.await(messages.receiveMessage())).isEqualTo(Received.end(ContentMetadata.NONE));
    messages.send(Payload.utf8("answer"), form.options(7));
    messages.send(Payload.empty(), SendOptions.FINAL);
    assertThat(QuicPair.readAll(bytes)).isEqualTo(Payload.wrap(form.frame(7, "answer")));
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void messagesOfAllLengthsGoBothWaysOnSeveralStreams(Form form) {
    ConnectionGroup group = group(form, true);
    List<CompletableFuture<Void>> answered = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Random random = new Random(i);
      Connection here = group.openStream().start();
      here.send(Payload.utf8("first"));
      Connection there = pair.listening().next();
      assertThat(End.await(there.receiveMessage()).content()).isEqualTo(Payload.utf8("first"));
      answered.add(
          CompletableFuture.runAsync(
              () -> {
                for (int length : new int[] {0, 1, 1_199, 16 << 10, 65_536, LIMIT}) {
                  byte[] content = new byte[length];
                  random.nextBytes(content);
                  Payload sent = Payload.wrap(content);
                  CompletableFuture<Void> leaves = here.send(sent, form.options(length & 0xFFFF));
                  Received received = End.await(there.receiveMessage());
                  assertThat(received)
                      .isEqualTo(Received.message(sent, form.metadata(length & 0xFFFF)));
                  there.send(received.content());
                  assertThat(End.await(here.receiveMessage()).content()).isEqualTo(sent);
                  End.await(leaves);
                }
              }));
    }
    answered.forEach(End::await);
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void aMessageThatIsTooLongIsNotSentAndTheStreamGoesOn(Form form) {
    Connection here = group(form, true).openStream().start();
    assertThat(catchThrowable(() -> End.await(here.send(Payload.wrap(new byte[LIMIT + 1])))))
        .hasCauseInstanceOf(TooLargeException.class);
    assertThat(here.trySend(Payload.wrap(new byte[LIMIT + 1]))).isFalse();
    here.send(Payload.utf8("next"), form.options(3));
    assertThat(End.await(pair.listening().next().receiveMessage()))
        .isEqualTo(form.message(3, "next"));
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void aPeerThatAnnouncesTooMuchLosesTheStreamAndNotTheGroup(Form form) {
    ConnectionGroup group = group(form, false);
    Connection bytes = group.openStream().start();
    bytes.send(Payload.wrap(joined(List.of(form.frame(1, "before"), form.header(2, LIMIT + 1)))));
    Connection messages = pair.listening().next();
    assertThat(End.await(messages.receiveMessage())).isEqualTo(form.message(1, "before"));
    assertThat(catchThrowable(() -> End.await(messages.receiveMessage())))
        .hasCauseInstanceOf(FramingException.class)
        .hasMessageContaining("100001 bytes, limit 100000");
    assertThat(messages.state()).isInstanceOf(Connection.State.Failed.class);
    assertThat(catchThrowable(() -> End.await(bytes.receive(1, 1))))
        .hasCauseInstanceOf(ConnectionLostException.class);
    Connection another = group.openStream().start();
    another.send(Payload.wrap(form.frame(4, "goes on")));
    assertThat(End.await(pair.listening().next().receiveMessage()))
        .isEqualTo(form.message(4, "goes on"));
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void aStreamThatEndsWithinAMessageIsTold(Form form) {
    Connection bytes = bytesTo(form);
    byte[] frame = form.frame(1, "hello");
    bytes.send(part(frame, 0, frame.length - 1), SendOptions.FINAL);
    Connection messages = pair.listening().next();
    assertThat(catchThrowable(() -> End.await(messages.receiveMessage())))
        .hasCauseInstanceOf(FramingException.class)
        .hasMessageContaining("after 4 of its 5 bytes");
  }
}
