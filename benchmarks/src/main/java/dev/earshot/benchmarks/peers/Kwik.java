package dev.earshot.benchmarks.peers;

import dev.earshot.benchmarks.Contestant;
import dev.earshot.benchmarks.Link;
import dev.earshot.benchmarks.Mailbox;
import dev.earshot.benchmarks.Tally;
import dev.earshot.benchmarks.Workload;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import tech.kwik.core.QuicClientConnection;
import tech.kwik.core.QuicConnection;
import tech.kwik.core.QuicStream;
import tech.kwik.core.log.NullLogger;
import tech.kwik.core.server.ApplicationProtocolConnection;
import tech.kwik.core.server.ServerConnectionConfig;
import tech.kwik.core.server.ServerConnector;

/**
 * kwik, QUIC in Java throughout, with its defaults: one stream, written by the application's thread
 * and read by one of its own, as its examples have it.
 */
public final class Kwik implements Contestant {
  private static final String PROTOCOL = "benchmark";
  private static final char[] PASSWORD = "benchmark".toCharArray();
  private static final int READ = 64 * 1024;

  @Override
  public Server serve(Workload workload) throws Exception {
    SelfSigned own = SelfSigned.make();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry("own", own.key(), PASSWORD, new Certificate[] {own.certificate()});
    DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    ServerConnector server =
        ServerConnector.builder()
            .withSocket(socket)
            .withKeyStore(keys, "own", PASSWORD)
            .withConfiguration(
                ServerConnectionConfig.builder()
                    .maxOpenPeerInitiatedBidirectionalStreams(1)
                    .build())
            .withLogger(new NullLogger())
            .build();
    server.registerApplicationProtocol(PROTOCOL, (name, connection) -> serving(workload));
    server.start();
    return new KwikServer(server, socket.getLocalPort());
  }

  private static ApplicationProtocolConnection serving(Workload workload) {
    return new ApplicationProtocolConnection() {
      @Override
      public void acceptPeerInitiatedStream(QuicStream stream) {
        beside(() -> count(stream, workload));
      }
    };
  }

  private static void count(QuicStream stream, Workload workload) throws IOException {
    ChunkCount chunks = new ChunkCount(workload);
    byte[] bytes = new byte[READ];
    OutputStream out = stream.getOutputStream();
    InputStream in = stream.getInputStream();
    int read;
    while ((read = in.read(bytes)) >= 0) {
      chunks.take(ByteBuffer.wrap(bytes, 0, read), out::write);
    }
  }

  @Override
  public Link connect(String contact, Workload workload) throws Exception {
    QuicClientConnection client =
        QuicClientConnection.newBuilder()
            .uri(URI.create("quic://127.0.0.1:" + contact))
            .applicationProtocol(PROTOCOL)
            .noServerCertificateCheck()
            .logger(new NullLogger())
            .build();
    client.connect();
    QuicStream stream = client.createStream(true);
    Mailbox mailbox = new Mailbox();
    beside(
        () -> {
          byte[] answer;
          while ((answer = stream.getInputStream().readNBytes(Tally.ANSWER)).length > 0) {
            mailbox.offer(answer);
          }
        });
    return new StreamLink(client, stream.getOutputStream(), mailbox);
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void beside(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException expected) {
                // kwik ends a connection so: the other side notices what is missing
              }
            },
            "stream");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {}

  private record KwikServer(ServerConnector server, int port) implements Server {
    @Override
    public String contact() {
      return Integer.toString(port);
    }

    @Override
    public void close() {
      server.close();
    }
  }

  private record StreamLink(QuicConnection connection, OutputStream out, Mailbox mailbox)
      implements Link {
    @Override
    public Sender sender() {
      return out::write;
    }

    @Override
    public byte[] receive(Duration patience) {
      return mailbox.poll(patience);
    }

    @Override
    public void close() {
      connection.close();
    }
  }
}
