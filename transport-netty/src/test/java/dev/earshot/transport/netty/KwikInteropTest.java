package dev.earshot.transport.netty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.ContentMetadata;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.QuicOptions;
import dev.earshot.Received;
import dev.earshot.Security;
import dev.earshot.SendOptions;
import dev.earshot.TrustEvaluator;
import dev.earshot.UnreachableException;
import dev.earshot.testing.RecordingHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
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

/** Streams with kwik, which is QUIC in Java throughout. */
@Tag("network")
@Tag("once")
class KwikInteropTest {
  private static final int MEBIBYTE = 1 << 20;

  /** Enough for a handshake on a machine with much to do. */
  private static final Duration PATIENCE = Duration.ofSeconds(8);

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
        .isEqualTo("from the listener".getBytes(UTF_8));
    write(theirs, "and back".getBytes(UTF_8));
    assertThat(QuicPair.readAll(ours)).isEqualTo(Payload.utf8("and back"));

    client.close();
    StateWait.until(() -> group.state() instanceof Connection.State.Failed);
  }

  @Test
  void aServerOfKwiksEchoesManyStreams() throws Exception {
    try (KwikServer server = new KwikServer(KwikServer.permitting(30), KwikServer::echo)) {
      ConnectionGroup group = connect(server, toDen());
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

  /** As others have found Apple's systems to be: docs/quic.md. */
  @Test
  void aStreamThatTheServerNeverPermitsFailsInItsTimeAndTheOthersGoOn() throws Exception {
    try (KwikServer server = new KwikServer(KwikServer.permitting(3), KwikServer::echo)) {
      Parameters patient = toDen().toBuilder().establishmentTimeout(PATIENCE).build();
      ConnectionGroup group = connect(server, patient);
      List<Connection> open = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        open.add(End.await(group.openStream().start().ready()));
        open.get(i).send(Payload.utf8("from the "));
      }
      RecordingHandler told = new RecordingHandler();
      Connection one = group.openStream().start(told, Runnable::run);
      List<CompletableFuture<?>> outstanding =
          List.of(one.ready(), one.send(Payload.utf8("never")), one.receiveMessage());
      for (CompletableFuture<?> future : outstanding) {
        assertThatThrownBy(() -> End.await(future))
            .hasCauseInstanceOf(UnreachableException.class)
            .hasMessageContaining("the peer permits no more");
      }
      assertThat(told.stateNames())
          .startsWith("Preparing", "Waiting", "Preparing")
          .endsWith("Failed");
      assertThat(group.state()).isInstanceOf(Connection.State.Ready.class);
      for (Connection stream : open) {
        stream.send(Payload.utf8("first"), SendOptions.FINAL);
        assertThat(QuicPair.readAll(stream)).isEqualTo(Payload.utf8("from the first"));
      }
    }
  }

  /** RFC 9000, section 19.8: the end may come in a frame without content. */
  @Test
  void anEndThatComesByItselfIsReadAndOneThatIsSentByItselfArrives() throws Exception {
    CompletableFuture<Void> read = new CompletableFuture<>();
    CompletableFuture<byte[]> rest = new CompletableFuture<>();
    KwikServer.Conduct conduct =
        stream -> {
          byte[] hello = stream.getInputStream().readNBytes(5);
          stream.getOutputStream().write(hello);
          stream.getOutputStream().flush();
          read.join();
          stream.getOutputStream().close();
          rest.complete(stream.getInputStream().readAllBytes());
        };
    try (KwikServer server = new KwikServer(KwikServer.permitting(3), conduct)) {
      Connection stream = connect(server, toDen()).openStream().start();
      stream.send(Payload.utf8("hello"));
      Received hello = End.await(stream.receive(5, 5));
      assertThat(hello).isEqualTo(Received.bytes(Payload.utf8("hello")));
      read.complete(null);
      assertThat(End.await(stream.receive(1, 5))).isEqualTo(Received.end(ContentMetadata.NONE));
      assertThat(rest).isNotDone();
      assertThat(stream.state()).isInstanceOf(Connection.State.Ready.class);
      stream.send(Payload.empty(), SendOptions.FINAL);
      assertThat(End.await(rest)).isEmpty();
      StateWait.until(() -> stream.state() instanceof Connection.State.Cancelled);
    }
  }

  /** The server takes the handshake for over, and speaks, while this side has yet to decide. */
  @Test
  void aStreamThatSpeaksBeforeThisSideIsReadyIsHeardAfterwards() throws Exception {
    CompletableFuture<Void> spoken = new CompletableFuture<>();
    KwikServer.Conduct conduct =
        new KwikServer.Conduct() {
          @Override
          public void connected(QuicConnection connection) throws IOException {
            KwikServer.write(connection.createStream(true), "early".getBytes(UTF_8));
            spoken.complete(null);
          }

          @Override
          public void opened(QuicStream stream) {
            throw new AssertionError("a stream of the client's");
          }
        };
    CompletableFuture<Boolean> trusted = new CompletableFuture<>();
    Parameters asking =
        toDen().toBuilder()
            .security(
                Security.pki(
                    QuicPair.LAB,
                    TrustEvaluator.callback(request -> trusted, Runnable::run).within(PATIENCE)))
            .build();
    try (KwikServer server = new KwikServer(KwikServer.permitting(3), conduct)) {
      QuicPair.Side side = new QuicPair.Side();
      ConnectionGroup group = pair.dial(server.port(), asking, side);
      End.await(spoken);
      assertThat(side.streams).isEmpty();
      assertThat(group.state()).isInstanceOf(Connection.State.Preparing.class);
      trusted.complete(true);
      assertThat(QuicPair.readAll(side.next())).isEqualTo(Payload.utf8("early"));
    }
  }

  private static void write(QuicStream stream, byte[] content) {
    try {
      KwikServer.write(stream, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Parameters toDen() {
    return QuicPair.parameters(QuicPair.LAB, QuicPair.DEN, QuicPair.options().build());
  }

  private ConnectionGroup connect(KwikServer server, Parameters parameters) {
    return End.await(pair.dial(server.port(), parameters, new QuicPair.Side()).ready());
  }
}
