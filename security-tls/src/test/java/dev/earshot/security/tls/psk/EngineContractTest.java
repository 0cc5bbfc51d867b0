package dev.earshot.security.tls.psk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.ConnectionLostException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.Test;

/** What {@link SSLEngine} promises to whoever drives it. */
class EngineContractTest {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final EnginePair pair = EnginePair.plain();
  private final SSLEngine client = pair.client.engine;
  private final SSLEngine server = pair.server.engine;

  @Test
  void aHandshakeTakesTheStepsThatTheStatusNames() throws Exception {
    assertThat(client.getHandshakeStatus()).isEqualTo(HandshakeStatus.NOT_HANDSHAKING);
    client.beginHandshake();
    server.beginHandshake();
    assertThat(client.getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_WRAP);
    assertThat(server.getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_UNWRAP);

    step(client, server, HandshakeStatus.NEED_UNWRAP, HandshakeStatus.NEED_WRAP);
    step(server, client, HandshakeStatus.NEED_UNWRAP, HandshakeStatus.NEED_WRAP);
    step(client, server, HandshakeStatus.NEED_UNWRAP, HandshakeStatus.NEED_WRAP);
    step(server, client, HandshakeStatus.FINISHED, HandshakeStatus.FINISHED);

    assertThat(client.getHandshakeStatus()).isEqualTo(HandshakeStatus.NOT_HANDSHAKING);
    assertThat(server.getHandshakeStatus()).isEqualTo(HandshakeStatus.NOT_HANDSHAKING);
  }

  @Test
  void theFirstWrapBeginsTheHandshakeAndConsumesNothing() throws Exception {
    ByteBuffer content = ByteBuffer.wrap(new byte[10]);
    ByteBuffer network = ByteBuffer.allocate(1000);

    SSLEngineResult result = client.wrap(content, network);

    assertThat(result.getStatus()).isEqualTo(Status.OK);
    assertThat(result.bytesConsumed()).isZero();
    assertThat(result.bytesProduced()).isEqualTo(network.position()).isPositive();
    assertThat(client.wrap(content, network).bytesProduced()).isZero();
  }

  @Test
  void tooLittleRoomForARecordIsAnOverflowThatChangesNothing() throws Exception {
    client.beginHandshake();
    assertThat(client.wrap(NOTHING, ByteBuffer.allocate(10)).getStatus())
        .isEqualTo(Status.BUFFER_OVERFLOW);
    pair.exchange();

    ByteBuffer content = ByteBuffer.wrap(new byte[100]);
    SSLEngineResult result = client.wrap(content, ByteBuffer.allocate(128));
    assertThat(result.getStatus()).isEqualTo(Status.BUFFER_OVERFLOW);
    assertThat(content.remaining()).isEqualTo(100);
    ByteBuffer exact = ByteBuffer.allocate(129);
    assertThat(client.wrap(content, exact).getStatus()).isEqualTo(Status.OK);
    assertThat(exact.remaining()).isZero();

    exact.flip();
    SSLEngineResult tight = server.unwrap(exact, ByteBuffer.allocate(99));
    assertThat(tight.getStatus()).isEqualTo(Status.BUFFER_OVERFLOW);
    assertThat(exact.remaining()).isEqualTo(129);
    assertThat(server.unwrap(exact, ByteBuffer.allocate(100)).bytesProduced()).isEqualTo(100);
  }

  @Test
  void partOfARecordIsAnUnderflowThatConsumesNothing() throws Exception {
    byte[] hello = hello();
    for (int length = 0; length < hello.length; length++) {
      ByteBuffer part = ByteBuffer.wrap(hello, 0, length);
      SSLEngineResult result = server.unwrap(part, NOTHING);
      assertThat(result.getStatus()).isEqualTo(Status.BUFFER_UNDERFLOW);
      assertThat(part.remaining()).isEqualTo(length);
    }
    assertThat(server.unwrap(ByteBuffer.wrap(hello), NOTHING).bytesConsumed())
        .isEqualTo(hello.length);
  }

  @Test
  void theSessionsSizesSufficeForAnyRecord() throws Exception {
    pair.exchange();
    int packet = client.getSession().getPacketBufferSize();
    int application = client.getSession().getApplicationBufferSize();
    ByteBuffer network = ByteBuffer.allocate(packet);

    assertThat(client.wrap(ByteBuffer.allocate(100_000), network).bytesConsumed())
        .isEqualTo(application);
    network.flip();
    assertThat(server.unwrap(network, ByteBuffer.allocate(application)).bytesProduced())
        .isEqualTo(application);
  }

  @Test
  void oneWrapFillsTheTargetWithRecords() throws Exception {
    pair.exchange();
    ByteBuffer network = ByteBuffer.allocate(100_000);

    SSLEngineResult result = client.wrap(ByteBuffer.allocate(50_000), network);

    assertThat(result.bytesConsumed()).isEqualTo(50_000);
    assertThat(result.bytesProduced()).isEqualTo(50_000 + 4 * 29);
  }

  @Test
  void wrappingNothingMakesNothing() throws Exception {
    pair.exchange();
    SSLEngineResult result = client.wrap(NOTHING, ByteBuffer.allocate(0));

    assertThat(result.getStatus()).isEqualTo(Status.OK);
    assertThat(result.bytesProduced()).isZero();
  }

  @Test
  void aFarewellEndsOneDirectionAndTheOtherGoesOn() throws Exception {
    pair.exchange();
    client.closeOutbound();
    assertThat(client.getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_WRAP);
    assertThat(client.isOutboundDone()).isFalse();
    byte[] farewell = pair.client.takeOutput();
    assertThat(client.isOutboundDone()).isTrue();
    assertThat(client.getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_UNWRAP);

    pair.server.arrive(farewell);
    assertThat(server.isInboundDone()).isTrue();
    assertThat(server.isOutboundDone()).isFalse();
    assertThat(server.unwrap(NOTHING, NOTHING).getStatus()).isEqualTo(Status.CLOSED);
    pair.server.send(new byte[5000]);
    pair.exchange();
    assertThat(pair.client.received.size()).isEqualTo(5000);

    server.closeOutbound();
    pair.exchange();
    for (EngineSide side : new EngineSide[] {pair.client, pair.server}) {
      assertThat(side.thrown).isNull();
      assertThat(side.engine.isInboundDone()).isTrue();
      assertThat(side.engine.isOutboundDone()).isTrue();
      assertThat(side.engine.getHandshakeStatus()).isEqualTo(HandshakeStatus.NOT_HANDSHAKING);
      side.engine.closeInbound();
    }
  }

  @Test
  void wrapAfterTheFarewellIsClosedAndConsumesNothing() throws Exception {
    pair.exchange();
    client.closeOutbound();
    client.closeOutbound();
    ByteBuffer content = ByteBuffer.allocate(10);
    ByteBuffer network = ByteBuffer.allocate(1000);

    assertThat(client.wrap(content, network).getStatus()).isEqualTo(Status.CLOSED);
    assertThat(network.position()).isEqualTo(5 + 8 + 2 + 16);
    assertThat(client.wrap(content, network).getStatus()).isEqualTo(Status.CLOSED);
    assertThat(content.remaining()).isEqualTo(10);
  }

  @Test
  void aStreamThatEndsWithoutAFarewellIsTruncated() {
    pair.exchange();

    assertThatThrownBy(client::closeInbound)
        .isInstanceOf(SSLException.class)
        .hasMessageContaining("closing inbound before receiving peer's close_notify");
    assertThat(client.isInboundDone()).isTrue();
    assertThat(pair.client.stream.explain(new IOException("EOF")))
        .isInstanceOf(ConnectionLostException.class)
        .hasMessageContaining("without its farewell");
  }

  @Test
  void anEngineThatNeverBeganClosesSilently() throws Exception {
    client.closeOutbound();
    assertThat(client.wrap(NOTHING, ByteBuffer.allocate(100)).getStatus()).isEqualTo(Status.CLOSED);
    assertThat(client.isOutboundDone()).isTrue();
    assertThat(client.isInboundDone()).isTrue();
    client.beginHandshake();
    assertThat(client.getHandshakeStatus()).isEqualTo(HandshakeStatus.NOT_HANDSHAKING);

    server.closeInbound();
    assertThat(server.unwrap(NOTHING, NOTHING).getStatus()).isEqualTo(Status.CLOSED);
    assertThat(server.wrap(NOTHING, NOTHING).getStatus()).isEqualTo(Status.CLOSED);
  }

  @Test
  void aSecondHandshakeIsRefusedHere() throws Exception {
    client.beginHandshake();
    client.beginHandshake();
    pair.exchange();

    assertThatThrownBy(client::beginHandshake).isInstanceOf(SSLException.class);
    pair.client.send(new byte[10]);
    pair.exchange();
    assertThat(pair.server.received.size()).isEqualTo(10);
  }

  @Test
  void aFailureIsThrownOnceThenTheAlertThenClosed() throws Exception {
    assertThatThrownBy(() -> server.unwrap(ByteBuffer.wrap("hello".getBytes()), NOTHING))
        .isInstanceOf(SSLException.class);

    assertThat(server.getHandshakeStatus()).isEqualTo(HandshakeStatus.NEED_WRAP);
    assertThat(server.unwrap(ByteBuffer.wrap(hello()), NOTHING).getStatus())
        .isEqualTo(Status.CLOSED);
    ByteBuffer network = ByteBuffer.allocate(100);
    SSLEngineResult alert = server.wrap(NOTHING, network);
    assertThat(alert.getStatus()).isEqualTo(Status.CLOSED);
    assertThat(alert.bytesProduced()).isEqualTo(7);
    assertThat(alert.getHandshakeStatus()).isEqualTo(HandshakeStatus.NOT_HANDSHAKING);
    assertThat(server.wrap(NOTHING, network).bytesProduced()).isZero();
    server.closeInbound();
  }

  @Test
  void readOnlyTargetsAreRefused() {
    pair.exchange();
    ByteBuffer readOnly = ByteBuffer.allocate(20_000).asReadOnlyBuffer();

    assertThatThrownBy(() -> client.wrap(NOTHING, readOnly))
        .isInstanceOf(ReadOnlyBufferException.class);
    assertThatThrownBy(() -> client.unwrap(NOTHING, readOnly))
        .isInstanceOf(ReadOnlyBufferException.class);
  }

  @Test
  void badRangesAreRefused() {
    ByteBuffer[] buffers = {ByteBuffer.allocate(1), null};

    assertThatThrownBy(() -> client.wrap(buffers, 1, 2, NOTHING))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> client.wrap(buffers, 0, 2, NOTHING))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> client.unwrap(NOTHING, buffers, 0, 2))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatWasDecidedCannotBeChanged() {
    client.setUseClientMode(true);
    client.setEnabledProtocols(new String[] {"TLSv1.2"});
    client.setEnabledCipherSuites(client.getSupportedCipherSuites());
    client.setEnableSessionCreation(true);
    SSLParameters parameters = client.getSSLParameters();
    client.setSSLParameters(parameters);

    assertThatThrownBy(() -> client.setUseClientMode(false))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> client.setEnabledProtocols(new String[] {"TLSv1.3"}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> client.setEnabledCipherSuites(new String[] {"TLS_PSK_WITH_NULL_SHA"}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> server.setNeedClientAuth(true))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theSessionIsOneInNameOnly() {
    assertThat(client.getSession().getProtocol()).isEqualTo("NONE");
    assertThat(client.getHandshakeSession()).isNotNull();
    assertThat(client.getApplicationProtocol()).isNull();
    pair.exchange();

    assertThat(client.getHandshakeSession()).isNull();
    assertThat(client.getApplicationProtocol()).isEmpty();
    assertThat(client.getSession().isValid()).isFalse();
    assertThat(client.getSession().getId()).isEmpty();
    assertThatThrownBy(() -> client.getSession().getPeerPrincipal())
        .isInstanceOf(SSLPeerUnverifiedException.class);
    client.getSession().putValue("a", "b");
    assertThat(client.getSession().getValueNames()).containsExactly("a");
  }

  private byte[] hello() throws SSLException {
    ByteBuffer network = ByteBuffer.allocate(1000);
    client.wrap(NOTHING, network);
    byte[] hello = new byte[network.flip().remaining()];
    network.get(hello);
    return hello;
  }

  /** Carries one flight, and checks the status of the last call on each side. */
  private static void step(
      SSLEngine from, SSLEngine to, HandshakeStatus sent, HandshakeStatus received)
      throws SSLException {
    ByteBuffer network = ByteBuffer.allocate(20_000);
    SSLEngineResult wrapped = from.wrap(NOTHING, network);
    assertThat(wrapped.getHandshakeStatus()).isEqualTo(sent);
    network.flip();
    SSLEngineResult unwrapped = wrapped;
    while (network.hasRemaining()) {
      unwrapped = to.unwrap(network, NOTHING);
    }
    assertThat(unwrapped.getHandshakeStatus()).isEqualTo(received);
  }
}
