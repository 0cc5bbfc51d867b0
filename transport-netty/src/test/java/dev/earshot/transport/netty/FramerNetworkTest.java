package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.earshot.Connection;
import dev.earshot.ContentMetadata;
import dev.earshot.Framer;
import dev.earshot.FramingException;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** TCP to the letter, with and without messages on it, against a socket of the JDK's. */
@Tag("network")
class FramerNetworkTest {
  private static final Parameters.Builder TIC_TAC_TOE =
      Parameters.tcp().framer(Framer.tlv(4, 4).littleEndian());

  private final BlockingQueue<Connection> arrived = new LinkedBlockingQueue<>();
  private Network network;

  @BeforeEach
  void open() {
    LeakWatch.begin();
    network = Network.open();
  }

  @AfterEach
  void close() {
    network.close();
    LeakWatch.assertNothingReported();
  }

  private Socket dial(Parameters.Builder parameters) {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    Listener listener = network.listener(parameters.localAddress(loopback).build());
    listener.start((from, connection) -> arrived.add(connection.start()), Runnable::run);
    try {
      Socket socket = new Socket(loopback, End.await(listener.ready()).port().orElseThrow());
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(End.PATIENCE_SECONDS));
      return socket;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Connection arrival() throws InterruptedException {
    Connection connection = arrived.poll(End.PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(connection).isNotNull();
    return End.await(connection.ready());
  }

  private static byte[] frame(int type, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + bytes.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(type)
        .putInt(bytes.length)
        .put(bytes)
        .array();
  }

  @Test
  void aPeerThatSpeaksTicTacToeByteByByteIsUnderstoodAndAnswered() throws Exception {
    try (Socket socket = dial(TIC_TAC_TOE)) {
      OutputStream out = socket.getOutputStream();
      for (byte next : frame(2, "2,1")) {
        out.write(next);
      }
      out.write(frame(1, ""));
      Connection connection = arrival();
      assertThat(End.await(connection.receiveMessage()))
          .isEqualTo(Received.message(Payload.utf8("2,1"), new ContentMetadata.Typed(2)));
      assertThat(End.await(connection.receiveMessage()))
          .isEqualTo(Received.message(Payload.empty(), new ContentMetadata.Typed(1)));
      connection.send(Payload.utf8("🐱"), SendOptions.typed(1));
      byte[] expected = frame(1, "🐱");
      assertThat(socket.getInputStream().readNBytes(expected.length)).isEqualTo(expected);
    }
  }

  @Test
  void aPeerWithAHostileLengthLosesItsConnection() throws Exception {
    try (Socket socket = dial(TIC_TAC_TOE)) {
      socket.getOutputStream().write(new byte[] {1, 0, 0, 0, 0, 0, 0, (byte) 0x80});
      Connection connection = arrival();
      assertThat(catchThrowable(() -> End.await(connection.receiveMessage())))
          .hasCauseInstanceOf(FramingException.class)
          .hasMessageContaining("2147483648 bytes, limit 16777216");
      assertThat(connection.state()).isInstanceOf(Connection.State.Failed.class);
      assertThat(endOf(socket)).isEqualTo("reset");
    }
  }

  @Test
  void aPeerThatGoesWithinAMessageIsTold() throws Exception {
    try (Socket socket = dial(TIC_TAC_TOE)) {
      byte[] frame = frame(1, "hello");
      socket.getOutputStream().write(frame, 0, frame.length - 1);
      socket.shutdownOutput();
      Connection connection = arrival();
      assertThat(catchThrowable(() -> End.await(connection.receiveMessage())))
          .hasCauseInstanceOf(FramingException.class)
          .hasMessageContaining("after 4 of its 5 bytes");
    }
  }

  @Test
  void aPeerThatHasEndedItsStreamStillReceives() throws Exception {
    try (Socket socket = dial(TIC_TAC_TOE)) {
      socket.getOutputStream().write(frame(1, "question"));
      socket.shutdownOutput();
      Connection connection = arrival();
      assertThat(End.await(connection.receiveMessage()).content().toUtf8String())
          .isEqualTo("question");
      assertThat(End.await(connection.receiveMessage()).endOfStream()).isTrue();
      connection.send(Payload.utf8("answer"), SendOptions.FINAL);
      assertThat(socket.getInputStream().readAllBytes()).isEqualTo(frame(0, "answer"));
    }
  }

  @Test
  void bytesComeAtLeastSoManyAndAtMostSoManyAndFewerOnlyWithTheEnd() throws Exception {
    try (Socket socket = dial(Parameters.tcp())) {
      socket.getOutputStream().write("abcdefghij".getBytes(StandardCharsets.UTF_8));
      Connection connection = arrival();
      assertThat(End.await(connection.receive(4, 4)).content()).isEqualTo(Payload.utf8("abcd"));
      Payload next = End.await(connection.receive(2, 5)).content();
      assertThat(next.length()).isBetween(2, 5);
      socket.getOutputStream().write("k".getBytes(StandardCharsets.UTF_8));
      socket.shutdownOutput();
      Received last = End.await(connection.receive(100, 100));
      assertThat(next.toUtf8String() + last.content().toUtf8String()).isEqualTo("efghijk");
      assertThat(last.endOfStream()).isTrue();
      assertThat(End.await(connection.receive(100, 100)).content().isEmpty()).isTrue();
    }
  }

  @Test
  void theEndOfAStreamIsSentByItsFinalMessageAndReceivingGoesOn() throws Exception {
    try (Socket socket = dial(Parameters.tcp())) {
      Connection connection = arrival();
      connection.send(Payload.utf8("all I have to say"), SendOptions.FINAL);
      assertThat(socket.getInputStream().readAllBytes())
          .isEqualTo("all I have to say".getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().write(new byte[100_000]);
      assertThat(End.await(connection.receive(100_000, 100_000)).content().length())
          .isEqualTo(100_000);
      assertThat(connection.state()).isInstanceOf(Connection.State.Ready.class);
      socket.shutdownOutput();
      assertThat(End.await(connection.receive(1, 1)).endOfStream()).isTrue();
    }
  }

  /** How the peer of a connection sees it end. */
  private static String endOf(Socket socket) {
    try {
      return "read " + new DataInputStream(socket.getInputStream()).read();
    } catch (IOException e) {
      return SocketErrors.reason(e);
    }
  }
}
