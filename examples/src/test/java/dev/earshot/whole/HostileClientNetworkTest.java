package dev.earshot.whole;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.ConnectionLostException;
import dev.earshot.FramingException;
import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.NetworkException;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.Received;
import dev.earshot.Security;
import dev.earshot.TooLargeException;
import dev.earshot.WebSocketOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Peers that connect to a listener and then do what no peer should. */
@Tag("network")
@Tag("once")
class HostileClientNetworkTest {
  private static final long MEBIBYTE = 1 << 20;

  @Test
  void rubbishIsRefusedInWords() throws Exception {
    try (Loopback loopback = Loopback.listen(Parameters.webSocket());
        RawPeer peer = RawPeer.connect(loopback.port())) {
      peer.send("\0\1\2 what is this?\r\n\r\n");
      Connection accepted = loopback.accepted().start();
      assertThat(reason(accepted)).isEqualTo(Reason.PROTOCOL_ERROR);
      assertThat(text(peer.readToEnd())).startsWith("HTTP/1.1 4");
      stillServes(loopback);
    }
  }

  @Test
  void tlsOnAPlainPortIsNamed() throws Exception {
    try (Loopback loopback = Loopback.listen(Parameters.webSocket());
        RawPeer peer = RawPeer.connect(loopback.port())) {
      peer.send(new byte[] {0x16, 3, 1, 0, 50, 1, 0, 0, 46, 3, 3});
      assertThat(reason(loopback.accepted().start())).isEqualTo(Reason.TLS_PEER);
      stillServes(loopback);
    }
  }

  @Test
  void plaintextOnATlsPortIsNamed() throws Exception {
    try (Loopback loopback = Loopback.listen(secured());
        RawPeer peer = RawPeer.connect(loopback.port())) {
      peer.send(RawPeer.request());
      assertThat(reason(loopback.accepted().start())).isEqualTo(Reason.PLAINTEXT_PEER);
      stillServes(loopback);
    }
  }

  @Test
  void aFloodOfSilentPeersIsBoundedAndTheOthersAreServed() throws Exception {
    // All come from one address here, so the limit of an address is what a legitimate peer needs.
    Parameters.Builder parameters =
        Parameters.webSocket().handshakeTimeout(Duration.ofSeconds(2)).maximumHandshakes(64, 8);
    List<RawPeer> flood = new ArrayList<>();
    try (Loopback loopback = Loopback.listen(parameters)) {
      long before = ProcessFacts.sockets();
      for (int i = 0; i < 200; i++) {
        RawPeer peer = RawPeer.connect(loopback.port());
        flood.add(peer);
        sendOneByte(peer, i);
      }
      List<Connection> admitted = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        admitted.add(loopback.accepted().start());
      }
      // 200 of the test's own; the listener keeps eight of its ends.
      Eventually.holds(
          () -> "sockets: " + (ProcessFacts.sockets() - before),
          () -> ProcessFacts.sockets() - before <= 200 + 8);
      for (Connection each : admitted) {
        assertThat(reason(each)).isEqualTo(Reason.TIMED_OUT);
      }
      stillServes(loopback);
    } finally {
      for (RawPeer peer : flood) {
        peer.close();
      }
    }
  }

  private static void sendOneByte(RawPeer peer, int i) throws IOException {
    if (i % 2 == 0) {
      try {
        peer.send("G");
      } catch (IOException refused) {
        assertThat(i).as("the first eight are let in").isGreaterThanOrEqualTo(8);
      }
    }
  }

  @Test
  void aRequestWithoutEndIsCutOff() throws Exception {
    try (Loopback loopback = Loopback.listen(Parameters.webSocket());
        RawPeer peer = RawPeer.connect(loopback.port())) {
      Connection accepted = loopback.accepted().start();
      peer.send("GET / HTTP/1.1\r\nHost: x\r\n");
      byte[] line = ("X-Long: " + "y".repeat(1_000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
      peer.flood(line, Long.MAX_VALUE); // returns when it is cut off
      assertThat(reason(accepted)).isEqualTo(Reason.PROTOCOL_ERROR);
      stillServes(loopback);
    }
  }

  @Test
  void aMessageThatIsAnnouncedTooLargeIsRefusedBeforeItComes() throws Exception {
    byte[] head = ByteBuffer.allocate(14).put((byte) 0x82).put((byte) 0xFF).putLong(0).array();
    ByteBuffer.wrap(head).putLong(2, (16 << 20) + 1);
    assertThat(violation(head, 1009)).isInstanceOf(TooLargeException.class);
  }

  @Test
  void aFrameThatIsNotMaskedIsRefused() throws Exception {
    assertThat(violation(new byte[] {(byte) 0x82, 1, 7}, 1002))
        .isInstanceOf(FramingException.class);
  }

  @Test
  void fragmentsWithoutEndAreRefused() throws Exception {
    ByteArrayOutputStream fragments = new ByteArrayOutputStream();
    fragments.write(RawPeer.frame(0x02, new byte[] {1}));
    for (int i = 0; i < 5_000; i++) {
      fragments.write(RawPeer.frame(0x00, new byte[] {1}));
    }
    WebSocketOptions options = WebSocketOptions.builder().maximumFragments(4_096).build();
    assertThat(violation(Parameters.webSocket(options), fragments.toByteArray(), 1009))
        .isInstanceOf(NetworkException.class);
  }

  /** What a read fails with once the peer has sent {@code bytes} after its handshake. */
  private static Throwable violation(byte[] bytes, int code) throws IOException {
    return violation(Parameters.webSocket(), bytes, code);
  }

  private static Throwable violation(Parameters.Builder parameters, byte[] bytes, int code)
      throws IOException {
    try (Loopback loopback = Loopback.listen(parameters);
        RawPeer peer = RawPeer.connect(loopback.port())) {
      Connection accepted = loopback.accepted().start();
      peer.upgrade();
      CompletableFuture<Received> read = accepted.receiveMessage();
      peer.flood(bytes, 1);
      Throwable failure = Eventually.failure(read);
      assertThat(accepted.endpoint().toString()).isNotEmpty();
      assertThat(failure).hasMessageContaining(accepted.endpoint().toString());
      byte[] close = peer.readFrame();
      assertThat(close[0]).isEqualTo((byte) 0x88);
      assertThat(ByteBuffer.wrap(close).getShort(1)).isEqualTo((short) code);
      stillServes(loopback);
      return failure;
    }
  }

  @Test
  void aFloodOfPingsFromAPeerThatDoesNotReadPinsNoMemory() throws Exception {
    try (Loopback loopback = Loopback.listen(Parameters.webSocket());
        RawPeer peer = RawPeer.connect(loopback.port())) {
      Connection accepted = loopback.accepted().start();
      peer.upgrade();
      CompletableFuture<Received> read = accepted.receiveMessage();
      long before = ProcessFacts.directBytes();
      byte[] pings = new byte[16 * (6 + 125)];
      for (int i = 0; i < 16; i++) {
        System.arraycopy(RawPeer.frame(0x89, new byte[125]), 0, pings, i * 131, 131);
      }
      for (int i = 0; i < 6_000; i++) {
        peer.send(pings); // few at a time, so that each gets its pong
        LockSupport.parkNanos(20_000);
      }
      long pinned = ProcessFacts.directBytes() - before;
      assertThat(pinned).as("bytes outside the heap").isLessThan(16 * MEBIBYTE);
      assertThat(read).isNotDone();
      stillServes(loopback);
    }
  }

  @Test
  void manySmallMessagesToAPeerThatDoesNotReadPinNoMemory() throws Exception {
    try (Loopback loopback = Loopback.listen(Parameters.webSocket());
        RawPeer peer = RawPeer.connect(loopback.port())) {
      Connection accepted = loopback.accepted().start();
      peer.upgrade();
      Eventually.get(accepted.ready());
      long before = ProcessFacts.directBytes();
      Payload small = Payload.wrap(new byte[200]);
      int sent = 0;
      while (sent < 100_000 && accepted.trySend(small)) {
        sent++;
        CompletableFuture<Received> trip = accepted.receiveMessage(); // so that each leaves alone
        trip.cancel(false);
        LockSupport.parkNanos(1_000);
      }
      long pinned = ProcessFacts.directBytes() - before;
      assertThat(sent).as("sent before it was full").isLessThan(100_000);
      assertThat(pinned).as("bytes outside the heap").isLessThan(8 * MEBIBYTE);
      stillServes(loopback);
    }
  }

  @Test
  void aResetInEveryPhaseEndsTheConnectionInWords() throws Exception {
    byte[] request = RawPeer.request().getBytes(StandardCharsets.US_ASCII);
    try (Loopback loopback = Loopback.listen(Parameters.webSocket())) {
      for (int sent : new int[] {0, 1, request.length / 2, request.length}) {
        RawPeer peer = RawPeer.connect(loopback.port());
        Connection accepted = loopback.accepted().start();
        CompletableFuture<Received> read = accepted.receiveMessage();
        peer.send(Arrays.copyOf(request, sent));
        if (sent == request.length) {
          peer.head();
          peer.send(Arrays.copyOf(RawPeer.frame(0x82, new byte[100]), 50));
        }
        peer.reset();
        Throwable failure = Eventually.failure(read);
        assertThat(failure).hasMessageContaining("127.0.0.1");
        if (sent == request.length) {
          assertThat(failure).isInstanceOf(ConnectionLostException.class);
        } else {
          assertThat(failure)
              .as("reset after %d bytes of the request", sent)
              .isInstanceOfSatisfying(
                  HandshakeException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CLOSED));
        }
        Eventually.holds(
            "the connection has failed", () -> accepted.state() instanceof Connection.State.Failed);
      }
      stillServes(loopback);
    }
  }

  private static Parameters.Builder secured() {
    return Parameters.webSocket().security(Security.psk(PreSharedKey.random("den")));
  }

  private static Reason reason(Connection failing) {
    Throwable failure = Eventually.failure(failing.ready());
    assertThat(failure).isInstanceOf(HandshakeException.class);
    assertThat(failure).hasMessageContaining(failing.endpoint().toString());
    return ((HandshakeException) failure).reason();
  }

  /** A well-behaved peer is served as ever. */
  private static void stillServes(Loopback loopback) {
    Loopback.Pair pair = loopback.pair(Runnable::run);
    Eventually.get(pair.dialling().send(Payload.utf8("hello")));
    Received received = Eventually.get(pair.accepting().receiveMessage());
    assertThat(received.content().toUtf8String()).isEqualTo("hello");
    Eventually.get(pair.dialling().cancel());
    Eventually.get(pair.accepting().cancel());
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
