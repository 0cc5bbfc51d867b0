package dev.earshot.transport.netty;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import tech.kwik.core.QuicConnection;
import tech.kwik.core.QuicStream;
import tech.kwik.core.log.NullLogger;
import tech.kwik.core.server.ApplicationProtocolConnection;
import tech.kwik.core.server.ApplicationProtocolConnectionFactory;
import tech.kwik.core.server.ServerConnectionConfig;
import tech.kwik.core.server.ServerConnector;

/** A server of kwik's, with the certificate of {@link QuicPair#DEN}. */
final class KwikServer implements AutoCloseable {
  private static final char[] PASSWORD = "kwik".toCharArray();
  private static final byte[] NOTHING = new byte[0];
  private static final long REMIND_MILLIS = 20;

  private static final ScheduledExecutorService REMINDER =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "kwik, reminder");
            thread.setDaemon(true);
            return thread;
          });

  private final ServerConnector server;
  private final int port;

  /** What it does, each on a thread of its own. */
  interface Conduct {
    /** Somebody has connected. */
    default void connected(QuicConnection connection) throws IOException {}

    /** He has opened a stream. */
    void opened(QuicStream stream) throws IOException;
  }

  KwikServer(ServerConnectionConfig.Builder configuration, Conduct conduct) throws Exception {
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
    server.registerApplicationProtocol(QuicPair.ALPN, new Conducted(conduct));
    server.start();
  }

  /** How many streams it permits at once. */
  static ServerConnectionConfig.Builder permitting(int streams) {
    return ServerConnectionConfig.builder().maxOpenPeerInitiatedBidirectionalStreams(streams);
  }

  int port() {
    return port;
  }

  /** Sends back what comes by {@code stream}, when all of it has come. */
  static void echo(QuicStream stream) throws IOException {
    write(stream, stream.getInputStream().readAllBytes());
  }

  /**
   * Sends {@code content} and then the end. A writer of kwik's whose buffer is full can wait for
   * ever, since the note is lost that there is something to send: so it is reminded.
   */
  static void write(QuicStream stream, byte[] content) throws IOException {
    try (var out = stream.getOutputStream()) {
      ScheduledFuture<?> reminding =
          REMINDER.scheduleAtFixedRate(
              () -> remind(out), REMIND_MILLIS, REMIND_MILLIS, TimeUnit.MILLISECONDS);
      try {
        out.write(content);
      } finally {
        reminding.cancel(false);
      }
    }
  }

  private static void remind(OutputStream out) {
    try {
      out.write(NOTHING);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // the end, of which the writer hears too: no more of it
    }
  }

  private static void run(String name, Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
  }

  private interface Task {
    void run() throws IOException;
  }

  private record Conducted(Conduct conduct) implements ApplicationProtocolConnectionFactory {
    @Override
    public ApplicationProtocolConnection createConnection(String name, QuicConnection connection) {
      run("kwik, connected", () -> conduct.connected(connection));
      return new ApplicationProtocolConnection() {
        @Override
        public void acceptPeerInitiatedStream(QuicStream stream) {
          run("kwik, stream " + stream.getStreamId(), () -> conduct.opened(stream));
        }
      };
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
