package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.QuicOptions;
import dev.earshot.SendOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tech.kwik.core.QuicClientConnection;
import tech.kwik.core.QuicConnection;
import tech.kwik.core.QuicStream;
import tech.kwik.core.log.NullLogger;
import tech.kwik.core.server.ApplicationProtocolConnection;
import tech.kwik.core.server.ApplicationProtocolConnectionFactory;
import tech.kwik.core.server.ServerConnectionConfig;
import tech.kwik.core.server.ServerConnector;

/** Streams with kwik, which is QUIC in Java throughout. */
@Tag("network")
class KwikInteropTest {
  private static final int MEBIBYTE = 1 << 20;

  private QuicPair pair;

  @BeforeEach
  void open() {
    pair = new QuicPair(Natives.names().reduce((first, last) -> last).orElseThrow());
  }

  @AfterEach
  void close() {
    pair.close();
  }

  @Test
  void aClientOfKwiksProvesItselfAndBothSidesOpenStreams() throws Exception {
    QuicOptions options = QuicPair.options().build();
    int port = pair.listen(QuicPair.parameters(QuicPair.DEN, QuicPair.LAB, options));
    pair.listening().echo();
    QuicClientConnection client =
        QuicClientConnection.newBuilder()
            .uri(URI.create("quic://127.0.0.1:" + port))
            .applicationProtocol(QuicPair.ALPN)
            .noServerCertificateCheck()
            .clientCertificate(QuicPair.LAB.certificate())
            .clientCertificateKey(QuicPair.LAB.privateKey())
            .maxOpenPeerInitiatedBidirectionalStreams(5)
            .logger(new NullLogger())
            .build();
    CompletableFuture<QuicStream> fromListener = new CompletableFuture<>();
    client.setPeerInitiatedStreamCallback(fromListener::complete);
    client.connect();
    byte[] content = new byte[MEBIBYTE];
    QuicStream stream = client.createStream(true);
    CompletableFuture<Void> written = CompletableFuture.runAsync(() -> write(stream, content));
    assertThat(stream.getInputStream().readAllBytes()).isEqualTo(content);
    End.await(written);

    ConnectionGroup group = pair.arrival();
    assertThat(group.securityMetadata().orElseThrow().peerFingerprint())
        .contains(QuicPair.LAB.fingerprint());
    Connection ours = group.openStream().start();
    ours.send(Payload.utf8("from the listener"), SendOptions.FINAL);
    QuicStream theirs = End.await(fromListener);
    assertThat(theirs.getInputStream().readAllBytes())
        .isEqualTo("from the listener".getBytes(StandardCharsets.UTF_8));
    write(theirs, "and back".getBytes(StandardCharsets.UTF_8));
    assertThat(QuicPair.readAll(ours)).isEqualTo(Payload.utf8("and back"));

    client.close();
    StateWait.until(() -> group.state() instanceof Connection.State.Failed);
  }

  @Test
  void aServerOfKwiksEchoesManyStreams() throws Exception {
    try (Echo server =
        new Echo(ServerConnectionConfig.builder().maxOpenPeerInitiatedBidirectionalStreams(30))) {
      ConnectionGroup group = server.connect();
      List<Connection> streams = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        Connection stream = group.openStream().start();
        stream.send(Payload.utf8("stream " + i), SendOptions.FINAL);
        streams.add(stream);
      }
      for (int i = 0; i < streams.size(); i++) {
        assertThat(QuicPair.readAll(streams.get(i))).isEqualTo(Payload.utf8("stream " + i));
      }
      Connection large = group.openStream().start();
      Payload content = Payload.wrap(new byte[MEBIBYTE]);
      large.send(content, SendOptions.FINAL);
      assertThat(QuicPair.readAll(large)).isEqualTo(content);
    }
  }

  private static void write(QuicStream stream, byte[] content) {
    try (var out = stream.getOutputStream()) {
      out.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A server of kwik's that sends back what comes by each stream. */
  private final class Echo implements AutoCloseable, ApplicationProtocolConnectionFactory {
    private static final char[] PASSWORD = "kwik".toCharArray();

    private final ServerConnector server;
    private final int port;

    Echo(ServerConnectionConfig.Builder configuration) throws Exception {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(null, null);
      PrivateKey key = QuicPair.DEN.privateKey();
      keys.setKeyEntry("own", key, PASSWORD, QuicPair.DEN.chain().toArray(Certificate[]::new));
      DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
      port = socket.getLocalPort();
      server =
          ServerConnector.builder()
              .withSocket(socket)
              .withKeyStore(keys, "own", PASSWORD)
              .withConfiguration(configuration.build())
              .withLogger(new NullLogger())
              .build();
      server.registerApplicationProtocol(QuicPair.ALPN, this);
      server.start();
    }

    ConnectionGroup connect() {
      Parameters parameters =
          QuicPair.parameters(QuicPair.LAB, QuicPair.DEN, QuicPair.options().build());
      return End.await(pair.dial(port, parameters, new QuicPair.Side()).ready());
    }

    @Override
    public ApplicationProtocolConnection createConnection(String name, QuicConnection connection) {
      return new ApplicationProtocolConnection() {
        @Override
        public void acceptPeerInitiatedStream(QuicStream stream) {
          Thread echo =
              new Thread(
                  () -> {
                    try {
                      write(stream, stream.getInputStream().readAllBytes());
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  },
                  "echo of stream " + stream.getStreamId());
          echo.setDaemon(true);
          echo.start();
        }
      };
    }

    @Override
    public void close() {
      server.close();
    }
  }
}
