package dev.earshot.examples.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Identity;
import dev.earshot.security.tls.Identities;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.kwik.core.QuicClientConnection;
import tech.kwik.core.QuicConnection;
import tech.kwik.core.QuicStream;
import tech.kwik.core.log.NullLogger;
import tech.kwik.core.server.ApplicationProtocolConnection;
import tech.kwik.core.server.ApplicationProtocolConnectionFactory;
import tech.kwik.core.server.ServerConnectionConfig;
import tech.kwik.core.server.ServerConnector;

/** {@code cat} over QUIC with kwik, which is QUIC in Java throughout, on the other side. */
@Tag("network")
@Tag("once")
class CatKwikInteropTest {
  private static final String ALPN = "chat/1";
  private static final int SECONDS = 30;
  private static final Identity DEN = Identities.mint("Den");
  private static final Identity LAB = Identities.mint("Lab");

  @TempDir private static Path folder;
  private static String den = "";

  @BeforeAll
  static void store() throws IOException {
    Path file = folder.resolve("den.p12");
    Identities.store(DEN, file, CatRun.PASSWORD.toCharArray(), Identities.Encryption.STRONG);
    den = file.toString();
  }

  @Test
  void aClientOfKwiksTalksWithAListener() throws Exception {
    String[] arguments = {
      "--listen",
      "0",
      "-i",
      CommandLineNetworks.loopback(),
      "-t",
      "quic",
      "--alpn",
      ALPN,
      "--identity",
      den,
      "--pin",
      LAB.fingerprint().toString()
    };
    try (CatRun listener = CatRun.start(arguments)) {
      QuicClientConnection client =
          QuicClientConnection.newBuilder()
              .uri(URI.create("quic://127.0.0.1:" + listener.port()))
              .applicationProtocol(ALPN)
              .noServerCertificateCheck()
              .clientCertificate(LAB.certificate())
              .clientCertificateKey(LAB.privateKey())
              .logger(new NullLogger())
              .build();
      client.connect();
      QuicStream stream = client.createStream(true);
      write(stream, "question");
      listener.awaitOutput("question").type("answer").endInput();
      assertThat(readAll(stream)).isEqualTo("answer");
      assertThat(listener.exitCode()).as(listener.errors()).isZero();
      assertThat(listener.output()).isEqualTo("question");
      client.close();
    }
  }

  @Test
  void aServerOfKwiksIsTalkedTo() throws Exception {
    CompletableFuture<String> heard = new CompletableFuture<>();
    DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    ServerConnector server = server(socket);
    server.registerApplicationProtocol(ALPN, new Answering(heard));
    server.start();
    String[] arguments = {
      "127.0.0.1",
      String.valueOf(socket.getLocalPort()),
      "-t",
      "quic",
      "--alpn",
      ALPN,
      "--pin",
      DEN.fingerprint().toString()
    };
    try (CatRun cat = CatRun.start(arguments)) {
      cat.type("question").endInput();
      assertThat(heard.get(SECONDS, TimeUnit.SECONDS)).isEqualTo("question");
      assertThat(cat.exitCode()).as(cat.errors()).isZero();
      assertThat(cat.output()).isEqualTo("answer");
    } finally {
      server.close();
    }
  }

  private static ServerConnector server(DatagramSocket socket) throws Exception {
    char[] password = CatRun.PASSWORD.toCharArray();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry("own", DEN.privateKey(), password, DEN.chain().toArray(new Certificate[0]));
    return ServerConnector.builder()
        .withSocket(socket)
        .withKeyStore(keys, "own", password)
        .withConfiguration(
            ServerConnectionConfig.builder().maxOpenPeerInitiatedBidirectionalStreams(1).build())
        .withLogger(new NullLogger())
        .build();
  }

  private static void write(QuicStream stream, String text) throws IOException {
    try (OutputStream out = stream.getOutputStream()) {
      out.write(text.getBytes(UTF_8));
    }
  }

  private static String readAll(QuicStream stream) throws IOException {
    return new String(stream.getInputStream().readAllBytes(), UTF_8);
  }

  /** Reads all of a stream, and then answers. */
  private record Answering(CompletableFuture<String> heard)
      implements ApplicationProtocolConnectionFactory {
    @Override
    public ApplicationProtocolConnection createConnection(String name, QuicConnection connection) {
      return new ApplicationProtocolConnection() {
        @Override
        public void acceptPeerInitiatedStream(QuicStream stream) {
          Thread reader = new Thread(() -> answer(stream), "kwik");
          reader.setDaemon(true);
          reader.start();
        }
      };
    }

    private void answer(QuicStream stream) {
      try {
        heard.complete(readAll(stream));
        write(stream, "answer");
      } catch (IOException e) {
        heard.completeExceptionally(e);
        throw new UncheckedIOException(e);
      }
    }
  }
}
