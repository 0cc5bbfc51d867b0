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
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import tech.kwik.core.QuicClientConnection;
import tech.kwik.core.QuicConnection;
import tech.kwik.core.QuicStream;
import tech.kwik.core.log.NullLogger;
import tech.kwik.core.server.ApplicationProtocolConnection;
import tech.kwik.core.server.ServerConnectionConfig;
import tech.kwik.core.server.ServerConnector;

/**
 * kwik, QUIC in Java throughout, with its defaults: one stream, written by the application's thread
 * and read by one of its own, as its examples have it. Its writing side can lose the note that
 * there is something to send, after which a writer with a full buffer waits for ever; so it is
 * reminded all the time, by writes of nothing.
 */
public final class Kwik implements Contestant {
  private static final String PROTOCOL = "benchmark";
  private static final char[] PASSWORD = "benchmark".toCharArray();
  private static final int READ = 64 * 1024;
  private static final long REMIND_MILLIS = 20;
  private static final byte[] NOTHING = new byte[0];

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
                    .maxIdleTimeoutInSeconds(Math.toIntExact(Earshot.IDLE.toSeconds()))
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
            .maxIdleTimeout(Earshot.IDLE)
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
    OutputStream out = stream.getOutputStream();
    ScheduledExecutorService reminder =
        Executors.newSingleThreadScheduledExecutor(task -> daemon("reminder", task));
    reminder.scheduleAtFixedRate(
        () -> remind(out), REMIND_MILLIS, REMIND_MILLIS, TimeUnit.MILLISECONDS);
    return new StreamLink(client, out, mailbox, reminder);
  }

  private static void remind(OutputStream out) {
    try {
      out.write(NOTHING);
    } catch (IOException expected) {
      // the end, which whoever writes something will notice
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void beside(Work work) {
    Runnable task =
        () -> {
          try {
            work.run();
          } catch (IOException expected) {
            // kwik ends a connection so: the other side notices what is missing
          }
        };
    daemon("stream", task).start();
  }

  private static Thread daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
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

  private record StreamLink(
      QuicConnection connection,
      OutputStream out,
      Mailbox mailbox,
      ScheduledExecutorService reminder)
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
      reminder.shutdownNow();
      connection.close();
    }
  }
}
